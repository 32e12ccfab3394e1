"""Batches: a request for N images from one family of recipes."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models

from generation.diffusion.recipe import SCHEDULERS, Recipe
from generation.models.generator import Generator
from lungstudy.jobs.models import OPEN_STATES, JobState
from lungstudy.library.models import Dataset


class BatchQuerySet(models.QuerySet["Batch"]):
    """Questions about batches."""

    def sent_with(self, request_key: str) -> "Batch | None":
        """The batch that a form with this key has queued already."""
        try:
            return self.filter(request_key=uuid.UUID(request_key)).first()
        except ValueError:
            return None

    def with_progress(self) -> Self:
        """Newest first, with `n_drawn` (images stored), `n_open` and `n_failed` (jobs)."""
        return self.annotate(
            n_drawn=models.Count("jobs__images", distinct=True),
            n_open=models.Count("jobs", filter=models.Q(jobs__state__in=OPEN_STATES), distinct=True),
            n_failed=models.Count("jobs", filter=models.Q(jobs__state=JobState.FAILED), distinct=True),
        ).order_by("-created_at")  # said again: a grouped query forgets the table's own order


class Batch(models.Model):
    """N images of one prompt and setting; image i has seed `first_seed + i`."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made with the form: a double click sends it twice and queues one batch.
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
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
    # As recipes hold them: [{"kind", "name", "sha256", "scale"}] and {"image_sha256", "strength", ...}.
    adapters: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        default=list, blank=True
    )
    start: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)
    priority = models.SmallIntegerField(default=0, help_text="The higher, the sooner.")
    paused_at = models.DateTimeField(null=True, blank=True)
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
            models.CheckConstraint(condition=models.Q(batch_shape__gte=1), name="batch_has_a_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.count} × “{self.prompt[:60]}”"

    def recipe(self, index: int) -> Recipe:
        """All that decides image `index` of the batch, from 0."""
        return Recipe(
            model=self.generator.name,
            weights_sha256=self.generator.weights_sha256,
            prompt=self.prompt,
            negative_prompt=self.negative_prompt,
            seed=self.first_seed + index,
            steps=self.steps,
            guidance=self.guidance,
            scheduler=self.scheduler,
            width=self.width,
            height=self.height,
            batch_shape=self.batch_shape,
        )

    @property
    def scheduler_name(self) -> str:
        """As people write it."""
        return SCHEDULERS.get(self.scheduler, self.scheduler)

    @property
    def last_seed(self) -> int:
        """The seed of the batch's last image."""
        return self.first_seed + self.count - 1
