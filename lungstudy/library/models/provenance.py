"""Neutral facts of how a synthetic image was made, for the study builder and unblinded results only."""

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

    def __str__(self) -> str:
        return f"{self.generator}, seed {self.seed}"
