"""Images: one de-identified, normalised picture in the library, real or synthetic."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models

from lungstudy.library.models.dataset import Dataset
from lungstudy.library.models.origin import Origin


def image_path(instance: "Image", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Where the normalised file lies: named by a random token, never by its origin."""
    name = instance.token.hex
    return f"images/{name[:2]}/{name}.png"


def thumbnail_path(instance: "Image", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Where the small picture for grids lies."""
    name = instance.token.hex
    return f"thumbnails/{name[:2]}/{name}.png"


class ImageQuerySet(models.QuerySet["Image"]):
    """Questions about images."""

    def usable(self) -> Self:
        """Not excluded by anybody."""
        return self.filter(excluded_at=None)

    def flagged(self) -> Self:
        """With at least one flag that a person should look at."""
        return self.exclude(flags=[])

    def untriaged(self) -> Self:
        """Neither accepted nor excluded by a person yet."""
        return self.filter(triaged_at=None)

    def real(self) -> Self:
        """Taken of patients (or standing for that, in phantom data sets)."""
        return self.filter(dataset__origin=Origin.REAL)

    def synthetic(self) -> Self:
        """Made by a generator."""
        return self.filter(dataset__origin=Origin.SYNTHETIC)


class Image(models.Model):
    """One picture in the library's normal form: grey PNG, 8 or 16 bit, without metadata."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="images")
    file = models.FileField(upload_to=image_path)
    thumbnail = models.FileField(upload_to=thumbnail_path)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bits = models.PositiveSmallIntegerField()
    # Of the file as it came (idempotent import), of the pixels (the same film in another format), and a
    # perceptual hash as 16 hexadecimal digits (nearly the same film).
    source_sha256 = models.CharField(max_length=64)
    pixel_sha256 = models.CharField(max_length=64, db_index=True)
    perceptual_hash = models.CharField(max_length=16, db_index=True)

    source_name = models.CharField(max_length=300, blank=True)
    source_format = models.CharField(max_length=60, blank=True)
    modality = models.CharField(max_length=16, blank=True, help_text="As the file states it (DICOM), or empty.")
    window = models.CharField(max_length=60, blank=True, help_text="The grey window that was applied, if any.")
    finding = models.CharField(max_length=120, blank=True, db_index=True)
    view = models.CharField(max_length=40, blank=True)
    sex = models.CharField(max_length=10, blank=True)
    age = models.CharField(max_length=40, blank=True)
    patient_key = models.CharField(max_length=64, blank=True, db_index=True, help_text="A pseudonym, never a name.")

    removed_tags: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)
    notes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)
    # [{"code": ..., "sentence": ...}]: what software noticed; a person decides.
    flags: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list, blank=True)
    triaged_at = models.DateTimeField(null=True, blank=True)
    excluded_at = models.DateTimeField(null=True, blank=True)
    exclusion_reason = models.CharField(max_length=200, blank=True)
    triaged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "source_sha256"], name="image_imported_once_per_dataset"),
            models.CheckConstraint(condition=models.Q(bits__in=(8, 16)), name="image_8_or_16_bits"),
            models.CheckConstraint(
                condition=models.Q(excluded_at=None) | ~models.Q(exclusion_reason=""),
                name="image_excluded_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"image {self.token.hex[:8]}"
