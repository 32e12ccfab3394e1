"""System page and health: stores, disk, queue and workers."""

import shutil

from celery import current_app
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from kombu.exceptions import OperationalError

from generation.models import Job
from lungstudy.accounts.access import admin_required
from lungstudy.library.models import ImportRun
from reader.models import Sealing


@admin_required
def system(request: HttpRequest) -> HttpResponse:
    """Stores and what waits; the workers answer in a fragment of their own since they may take a second."""
    queues = [
        ("Imports", ImportRun.objects.unfinished().count()),
        ("Generation jobs", Job.objects.unfinished().count()),
        ("Sealings", Sealing.objects.unfinished().count()),
    ]
    disk = shutil.disk_usage(settings.VAR)
    return render(
        request,
        "site/system.html",
        {
            "database": connection.vendor,
            "broker": settings.CELERY_BROKER_URL.split("@")[-1],
            "storage": settings.S3_BUCKET or settings.VAR / "media",
            "mode": settings.MODE,
            "disk_free": disk.free,
            "disk_percent": round(100 * disk.used / disk.total),
            "queues": queues,
        },
    )


@admin_required
def workers(request: HttpRequest) -> HttpResponse:
    """The workers that answer within a second, by name."""
    try:
        answers = current_app.control.ping(timeout=1.0)
    except (OperationalError, OSError):
        answers = None
    names = sorted(name for answer in answers or [] for name in answer)
    return render(request, "site/_workers.html", {"names": names, "broker_down": answers is None})


def health(request: HttpRequest) -> HttpResponse:
    """200 while the web process and its database answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
