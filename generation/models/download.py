"""Downloads: a hub model on its way to the workers' machine, because somebody asked for it."""

from django.db import models

from generation.models.generator import Generator
from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet


class DownloadQuerySet(LeasedJobQuerySet["Download"]):
    """Questions about downloads; claiming comes with every leased job."""


class Download(LeasedJob):
    """One hub model's files; `done` and `total` count kibibytes."""

    generator = models.OneToOneField(Generator, on_delete=models.CASCADE, related_name="download")

    objects = DownloadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"download of {self.generator.source}"
