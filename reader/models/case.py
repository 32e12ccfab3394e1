"""Cases: one library image as one study presents it."""

import uuid

from django.db import models

from lungstudy.library.models import Image
from reader.models.pool import Pool
from reader.models.study import Study
from reader.models.trial import Trial


class Case(models.Model):
    """One image of one study; its truth is the image's data set's origin and is joined in one place only."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="cases")
    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="cases")
    place = models.PositiveSmallIntegerField(default=1, help_text="From 1 in its trial; readers see places shuffled.")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="cases")
    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField(help_text="From 1, in an order drawn from the seed; says nothing of origin.")
    # Hand-drawn boxes over burnt-in markers, as [left, top, right, bottom] fractions of the presented square.
    marker_masks: "models.JSONField[list[list[float]], list[list[float]]]" = models.JSONField(default=list, blank=True)
    markers_checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "image"], name="case_shows_an_image_once"),
            models.UniqueConstraint(fields=["study", "number"], name="case_number_unique_in_study"),
            models.UniqueConstraint(fields=["trial", "place"], name="case_place_unique_in_trial"),
        ]

    def __str__(self) -> str:
        return f"case {self.number}"


def presentation_path(instance: "Presentation", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Where the file that readers see lies: a random name in one folder for the study."""
    return f"presentations/{instance.case.study.token.hex}/{uuid.uuid4().hex}.png"


class Presentation(models.Model):
    """The re-encoded file that readers see; every one of a study has the same byte length."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="presentation")
    file = models.FileField(upload_to=presentation_path)
    sha256 = models.CharField(max_length=64)
    byte_length = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"presentation of {self.case}"
