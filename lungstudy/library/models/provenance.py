"""Neutral facts of how a synthetic image was made, for the study builder and unblinded results only."""

from django.conf import settings
from django.db import models

from lungstudy.library.models.image import Image


class Provenance(models.Model):
    """What generation tells the library; the reading room's queries never touch this table."""

    image = models.OneToOneField(Image, on_delete=models.CASCADE, related_name="provenance")
    generator = models.CharField(max_length=120, db_index=True)
    prompt = models.TextField(blank=True)
    finding = models.CharField(max_length=120, blank=True)
    steps = models.PositiveIntegerField(null=True, blank=True)
    guidance = models.FloatField(null=True, blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
    # Whoever asked for an image knows it, and so cannot read a study that shows it.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.generator}, seed {self.seed}"
