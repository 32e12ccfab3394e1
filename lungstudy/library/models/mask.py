"""Masks: which pixels of one image belong to a structure, every version kept."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from lungstudy.library.models.image import Image
from lungstudy.library.models.mask_set import MaskSet


def mask_path(instance: "MaskVersion", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Where one version lies: 8-bit PNG of the image's size, 0 outside and 255 inside."""
    name = instance.token.hex
    return f"masks/{name[:2]}/{name}.png"


def probability_path(instance: "MaskVersion", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Where the probability of each pixel lies: 8-bit PNG, 255 is certainty."""
    name = instance.token.hex
    return f"masks/{name[:2]}/{name}_probability.png"


class MaskQuerySet(models.QuerySet["Mask"]):
    """Questions about masks."""

    def kept(self) -> Self:
        """Not rejected by anybody."""
        return self.filter(rejected_at=None)

    def of_usable_images(self) -> Self:
        """Of images that nobody excluded in triage or rejected in the gallery."""
        return self.filter(image__excluded_at=None)

    def rejected(self) -> Self:
        """Taken out by a person."""
        return self.exclude(rejected_at=None)

    def corrected(self) -> Self:
        """With more than the version that came with the set."""
        return self.filter(versions__number=2)

    def scored_under(self, least: float) -> Self:
        """With a score that is lower; those without a score are not among them."""
        return self.filter(score__lt=least)

    def scored_from(self, least: float) -> Self:
        """With at least this score; those without a score stay."""
        return self.exclude(score__lt=least)

    def doubtful_first(self) -> Self:
        """The lowest score first, those without one last."""
        return self.order_by(models.F("score").asc(nulls_last=True), "pk")

    def with_newest(self) -> Self:
        """With what a page or an export says of each: its image, and its versions in one question."""
        return self.select_related("image", "mask_set").prefetch_related("versions__made_by")


class Mask(models.Model):
    """One image's place in a mask set; its newest version counts."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mask_set = models.ForeignKey(MaskSet, on_delete=models.CASCADE, related_name="masks")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="masks")
    # Of the first version, as the method gave it: 0 (do not trust) to 1.
    score = models.FloatField(null=True, blank=True, db_index=True)
    entropy = models.FloatField(null=True, blank=True, help_text="Mean over pixels, in bits.")
    agreement = models.FloatField(null=True, blank=True, help_text="Dice with a net that never saw this image.")
    rejected_at = models.DateTimeField(null=True, blank=True)

    objects = MaskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["mask_set", "image"], name="mask_once_per_set")]

    def __str__(self) -> str:
        return f"{self.mask_set.structure} in {self.image}"

    @property
    def newest(self) -> "MaskVersion":
        """The version that counts."""
        return max(self.versions.all(), key=lambda version: version.number)

    @property
    def first(self) -> "MaskVersion":
        """The version that came with the set: score, entropy, agreement and probability speak of it."""
        return min(self.versions.all(), key=lambda version: version.number)


class MaskVersion(models.Model):
    """One state of a mask; a correction adds the next and overwrites nothing."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mask = models.ForeignKey(Mask, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(help_text="From 1.")
    file = models.FileField(upload_to=mask_path)
    probability = models.FileField(upload_to=probability_path, blank=True)
    sha256 = models.CharField(max_length=64, help_text="Of the mask's pixels.")
    area = models.PositiveIntegerField(help_text="Pixels inside.")
    # Made with the editor's page: a double click on Save files one version.
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who corrected it; empty where it came with the set.",
    )
    made_at = models.DateTimeField(auto_now_add=True)
    comment = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["mask", "number"], name="mask_version_once_per_number")]

    def __str__(self) -> str:
        return f"version {self.number} of {self.mask}"
