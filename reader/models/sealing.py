"""Sealings: the background job that renders a study's presentations and then seals it."""

from django.conf import settings
from django.db import models

from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet
from reader.models.study import Study


class SealingQuerySet(LeasedJobQuerySet["Sealing"]):
    """Questions about sealings; claiming comes with every leased job."""


class Sealing(LeasedJob):
    """One attempt to seal a study; a failed one leaves the study a draft and says why."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="sealings")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SealingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["study"],
                condition=models.Q(state__in=("queued", "running")),
                name="one_open_sealing_per_study",
            )
        ]

    def __str__(self) -> str:
        return f"sealing of {self.study}"
