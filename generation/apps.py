"""The generation app."""

from django.apps import AppConfig


class GenerationConfig(AppConfig):
    """Names the app for Django."""

    name = "generation"
    label = "generation"
