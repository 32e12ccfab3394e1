"""The Celery application: it carries wake-ups; what there is to do is in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lungstudy.settings")

app = Celery("lungstudy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
