"""Batches: a request for N images from one family of recipes."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from generation.models.generator import Generator
from lungstudy.jobs.models import OPEN_STATES, JobState
from lungstudy.library.models import Dataset


class BatchQuerySet(models.QuerySet["Batch"]):
    """Questions about batches."""

    def with_progress(self) -> Self:
        """Adds `n_drawn` (images stored), `n_open` and `n_failed` (jobs)."""
        return self.annotate(
            n_drawn=models.Count("jobs__images", distinct=True),
            n_open=models.Count("jobs", filter=models.Q(jobs__state__in=OPEN_STATES), distinct=True),
            n_failed=models.Count("jobs", filter=models.Q(jobs__state=JobState.FAILED), distinct=True),
        )


class Batch(models.Model):
    """N images of one prompt and setting; image i has seed `first_seed + i`."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generator = models.ForeignKey(Generator, on_delete=models.PROTECT, related_name="batches")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="batches")
    prompt = models.TextField()
    negative_prompt = models.TextField(blank=True)
    finding = models.CharField(max_length=120, blank=True)
    count = models.PositiveIntegerField()
    first_seed = models.BigIntegerField()
    steps = models.PositiveIntegerField()
    guidance = models.FloatField()
    scheduler = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    batch_shape = models.PositiveSmallIntegerField(help_text="Images drawn at once; part of the recipe.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(condition=models.Q(count__gte=1), name="batch_draws_something"),
            models.CheckConstraint(condition=models.Q(steps__gte=1), name="batch_takes_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × “{self.prompt[:60]}”"
