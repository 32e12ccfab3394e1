"""The project package: settings, the apps both worlds share, and the site on top."""

from lungstudy.celery import app as celery_app

__all__ = ["celery_app"]
