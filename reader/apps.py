"""The reader app."""

from django.apps import AppConfig


class ReaderConfig(AppConfig):
    """Names the app for Django."""

    name = "reader"
    label = "reader"
