"""Quality runs: how near generated images come to real ones, how they vary, and whether any was learned by heart."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet
from lungstudy.library.models import Dataset


class QualityRunQuerySet(LeasedJobQuerySet["QualityRun"]):
    """Questions about quality runs; claiming comes with every leased job."""


class QualityRun(LeasedJob):
    """One comparison of a synthetic data set with a reference; `done` counts images whose features are known."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="quality_runs")
    reference = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    features = models.CharField(max_length=60, help_text="The net that the distances are taken in.")
    seed = models.BigIntegerField(default=0)
    result: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = QualityRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.dataset} beside {self.reference}"
