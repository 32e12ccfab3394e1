"""The site app."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Names the app for Django."""

    name = "lungstudy.site"
    label = "site"
