"""Generated images: a library image and the full recipe that drew it."""

from typing import Any

from django.db import models

from generation.models.given_picture import GivenPicture
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

    @property
    def given(self) -> list[GivenPicture]:
        """The image that this one is a change of, and the mask if there was one."""
        start = self.recipe.get("start") or {}
        hashes = [start[name] for name in ("image_sha256", "mask_sha256") if start.get(name)]
        found = {one.sha256: one for one in GivenPicture.objects.filter(sha256__in=hashes).select_related("source")}
        return [found[sha256] for sha256 in hashes if sha256 in found]
