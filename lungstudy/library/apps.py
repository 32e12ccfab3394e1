"""The library app."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """Names the app for Django."""

    name = "lungstudy.library"
    label = "library"
