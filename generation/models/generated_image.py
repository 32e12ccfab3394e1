"""Generated images: a library image and the full recipe that drew it."""

from typing import Any

from django.db import models

from generation.models.job import Job
from lungstudy.library.models import Image


class GeneratedImage(models.Model):
    """Ties one image to its recipe; the same recipe gives the same image again."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="images")
    index = models.PositiveIntegerField(help_text="Position in the batch, from 0.")
    image = models.OneToOneField(Image, on_delete=models.PROTECT, related_name="generated")
    recipe: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    recipe_sha256 = models.CharField(max_length=64, db_index=True)
    versions: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    seconds = models.FloatField(help_text="Sampling time, the batch's shared evenly.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["index"]
        constraints = [
            models.UniqueConstraint(fields=["job", "index"], name="generated_image_drawn_once"),
        ]

    def __str__(self) -> str:
        return f"image {self.index + 1} of {self.job.batch}"
