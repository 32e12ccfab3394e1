"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Names the app for Django."""

    name = "lungstudy.audit"
    label = "audit"
