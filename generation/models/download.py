"""Downloads: a model on its way into a folder that can draw, from the hub or out of a single file."""

from django.db import models

from generation.models.generator import Generator
from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet

KIB = 1024


class DownloadQuerySet(LeasedJobQuerySet["Download"]):
    """Questions about downloads; claiming comes with every leased job."""


class Download(LeasedJob):
    """One model's files, because somebody asked for them; `done` and `total` count kibibytes."""

    generator = models.OneToOneField(Generator, on_delete=models.CASCADE, related_name="download")

    objects = DownloadQuerySet.as_manager()

    def __str__(self) -> str:
        return f"download of {self.generator.source}"

    @property
    def bytes_done(self) -> int:
        """What has come."""
        return self.done * KIB

    @property
    def bytes_total(self) -> int:
        """What is to come in all, 0 while nobody knows."""
        return self.total * KIB
