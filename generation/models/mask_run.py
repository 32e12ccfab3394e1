"""Mask runs: the masks of a batch's images, read from their attention by one method."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from generation.models.batch import Batch
from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet
from lungstudy.library.models import Image, MaskSet


class MaskRunQuerySet(LeasedJobQuerySet["MaskRun"]):
    """Questions about mask runs; claiming comes with every leased job."""


class MaskRun(LeasedJob):
    """One structure in all images of one batch; `done` counts images."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="mask_runs")
    phrases: "models.JSONField[list[str], list[str]]" = models.JSONField(
        help_text="Whose attention is added up: “left lung” and “right lung” make lungs."
    )
    method = models.CharField(max_length=40)
    options: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)
    seed = models.BigIntegerField(default=0)
    mask_set = models.OneToOneField(MaskSet, on_delete=models.PROTECT, related_name="mask_run")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MaskRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"masks “{self.mask_set}”"


class MaskProblem(models.Model):
    """One image that got no mask, and why; the rest of the run goes on."""

    run = models.ForeignKey(MaskRun, on_delete=models.CASCADE, related_name="problems")
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "image"], name="mask_problem_once_per_image")]

    def __str__(self) -> str:
        return f"{self.image}: {self.reason}"
