"""How images are shown: the presentation policy, and what a reader may do with the picture."""

from typing import Any

from django.db import models


class Grey(models.TextChoices):
    """How grey levels are brought to one scale, the same rule for every image."""

    AS_STORED = "as_stored", "As stored (full range of the file's depth)"
    PERCENTILE = "percentile", "Stretch the 0.5 to 99.5 percentile"
    STANDARDISE = "standardise", "Mean to mid-grey, two standard deviations to black and white"


class Fit(models.TextChoices):
    """How a film becomes a square."""

    CROP = "crop", "Centre crop to a square"
    PAD = "pad", "Pad to a square with black"


class Bits(models.IntegerChoices):
    """Grey levels of every presentation."""

    EIGHT = 8, "8 bit (256 grey levels)"
    SIXTEEN = 16, "16 bit (65,536 grey levels, for windowing)"


class ShownMixin(models.Model):
    """One rule for every image of a study."""

    image_size = models.PositiveIntegerField(default=768, help_text="Pixels on each side, the same for all images.")
    bits = models.PositiveSmallIntegerField(choices=Bits.choices, default=Bits.EIGHT)
    border_crop_percent = models.PositiveSmallIntegerField(default=0)
    fit = models.CharField(max_length=10, choices=Fit.choices, default=Fit.CROP)
    grey = models.CharField(max_length=12, choices=Grey.choices, default=Grey.PERCENTILE)
    # Boxes masked on every image, as [left, top, right, bottom] fractions of the presented square.
    fixed_masks: "models.JSONField[list[list[float]], list[list[float]]]" = models.JSONField(default=list, blank=True)

    allow_flip = models.BooleanField(default=False)
    carry_view = models.BooleanField(default=False, help_text="Window, zoom and inversion stay for the next image.")
    exposure_ms = models.PositiveIntegerField(null=True, blank=True, help_text="Then the image is hidden by a mask.")

    class Meta:
        abstract = True

    def shown(self) -> dict[str, Any]:
        """This part of the protocol, as it is hashed."""
        return {field.name: getattr(self, field.name) for field in ShownMixin._meta.get_fields()}
