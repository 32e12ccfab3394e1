"""Mask sets: the outlines of one structure, under one definition, from one source."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models

LONGEST_NAME, LONGEST_STRUCTURE, LONGEST_LICENCE = 120, 80, 200
"""Characters; checked before a set is stored, since Postgres ends a longer one with an error and SQLite takes it."""


class Definition(models.TextChoices):
    """Where the outline of the lungs runs; sets of different definitions are never pooled."""

    HEART_INSIDE = "heart_inside", "Lung behind the heart inside the outline"
    HEART_OUTSIDE = "heart_outside", "Heart outside the outline"
    NOT_APPLICABLE = "not_applicable", "Only one definition of this structure is in use"
    UNSTATED = "unstated", "Not stated by the source"


class MaskSource(models.TextChoices):
    """Who or what drew the masks of a set first."""

    PEOPLE = "people", "Drawn by people"
    SOFTWARE = "software", "Drawn by software elsewhere"
    ATTENTION = "attention", "Read from cross-attention"


class MaskSetQuerySet(models.QuerySet["MaskSet"]):
    """Questions about mask sets."""

    def with_counts(self) -> Self:
        """Adds `n_masks`, `n_rejected`, and `mean_score` of those that are not rejected."""
        kept = models.Q(masks__rejected_at=None)
        return self.annotate(
            n_masks=models.Count("masks"),
            n_rejected=models.Count("masks", filter=~kept),
            mean_score=models.Avg("masks__score", filter=kept),
        ).order_by("name")  # a query that groups forgets the model's own order


class MaskSet(models.Model):
    """Masks of one structure that may be compared with each other."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=LONGEST_NAME, unique=True)
    structure = models.CharField(
        max_length=LONGEST_STRUCTURE, db_index=True, help_text="Such as lungs, left lung or heart."
    )
    definition = models.CharField(max_length=16, choices=Definition.choices)
    source = models.CharField(max_length=10, choices=MaskSource.choices)
    # How software made them: method, options, versions; empty where people did.
    method: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)
    licence = models.CharField(max_length=LONGEST_LICENCE, blank=True)
    citation = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MaskSetQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(definition__in=Definition.values), name="mask_set_definition_known"
            ),
            models.CheckConstraint(condition=models.Q(source__in=MaskSource.values), name="mask_set_source_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def outline(self) -> str:
        """What was outlined and by which definition, in words."""
        if self.definition == Definition.NOT_APPLICABLE:
            return self.structure
        return f"{self.structure}: {Definition(self.definition).label.lower()}"
