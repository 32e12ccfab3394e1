"""Data sets: images that came together, with their licence and citation."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from lungstudy.library.models.origin import Origin


class Modality(models.TextChoices):
    """What kind of picture a data set holds."""

    RADIOGRAPH = "radiograph", "Chest radiograph"
    CT = "ct", "Chest CT slice"


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Questions about data sets."""

    def with_counts(self) -> Self:
        """Adds `n_images`, `n_excluded`, `n_flagged` and `n_to_triage` (flagged, and nobody has decided)."""
        excluded = models.Q(images__excluded_at__isnull=False)
        flagged = ~models.Q(images__flags=[]) & models.Q(images__isnull=False)
        to_triage = flagged & models.Q(images__triaged_at=None)
        return self.annotate(
            n_images=models.Count("images"),
            n_excluded=models.Count("images", filter=excluded),
            n_flagged=models.Count("images", filter=flagged),
            n_to_triage=models.Count("images", filter=to_triage),
        ).order_by("name")  # a query that groups forgets the model's own order


class Dataset(models.Model):
    """A set of images with one origin, licence and citation."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    modality = models.CharField(max_length=12, choices=Modality.choices, default=Modality.RADIOGRAPH)
    licence = models.CharField(max_length=200)
    citation = models.TextField()
    # Phantoms are nobody's film: every page outside the reading room says so, and which origin they stand for.
    phantoms = models.BooleanField(default=False)
    demonstration = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(origin__in=Origin.values), name="dataset_origin_known"),
        ]

    def __str__(self) -> str:
        return self.name
