"""Images: one de-identified, normalised picture in the library, real or synthetic."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

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

    def decided(self) -> Self:
        """Accepted or excluded by a person."""
        return self.exclude(triaged_at=None)

    def excluded(self) -> Self:
        """Taken out by a person, with a reason."""
        return self.exclude(excluded_at=None)

    def with_flag(self, code: str) -> Self:
        """With one kind of flag. As text, since SQLite cannot look inside a list of objects."""
        as_text = self.alias(flags_text=Cast("flags", models.TextField()))
        return as_text.filter(flags_text__contains=f'"code": "{code}"')

    def flagged_first(self) -> Self:
        """What software noticed before the rest, each in the order of import."""
        unflagged = models.Case(models.When(flags=[], then=1), default=0)
        return self.order_by(unflagged, "pk")

    def values_of(self, field: str) -> list[str]:
        """The different values of one text column, without the empty one."""
        return list(self.exclude(**{field: ""}).order_by(field).values_list(field, flat=True).distinct())

    def flag_codes(self) -> list[str]:
        """The kinds of flag that these images have."""
        flags = self.flagged().order_by().values_list("flags", flat=True).distinct()
        return sorted({flag["code"] for each in flags for flag in each})

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

    # The run that brought it in, so that a run taken over by another worker still counts what it added.
    import_run = models.ForeignKey(
        "library.ImportRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="images"
    )
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

    @property
    def decision(self) -> str:
        """What a person decided: keep, exclude, or open while nobody did."""
        if self.excluded_at:
            return "exclude"
        return "keep" if self.triaged_at else "open"
