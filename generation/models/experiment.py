"""Experiments: does synthetic data help to segment, or to classify? Arms x seeds x numbers of real images."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet
from lungstudy.library.models import Dataset, Image, MaskSet


class ExperimentQuerySet(LeasedJobQuerySet["Experiment"]):
    """Questions about experiments; claiming comes with every leased job."""


class Experiment(LeasedJob):
    """One comparison of arms; `done` counts trainings of `total`."""

    class Kind(models.TextChoices):
        """What the nets learn."""

        SEGMENTATION = "segmentation", "Segmentation"
        CLASSIFICATION = "classification", "Classification"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    real = models.ManyToManyField(Dataset, related_name="+")
    synthetic = models.ManyToManyField(Dataset, related_name="+")
    # Segmentation only: the outlines that are learned and tested, all of one structure and definition.
    mask_sets = models.ManyToManyField(MaskSet, related_name="experiments")
    finding = models.CharField(max_length=120, blank=True, help_text="Classification only: what is told apart.")
    seed = models.BigIntegerField(default=0)
    options: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, help_text="Everything else that decides the result: arms, nets, seeds, sizes, splits, epochs."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"experiment “{self.name}”"


class Split(models.TextChoices):
    """What an image is for; all images of one patient are for the same."""

    TRAIN = "train", "Training"
    VALIDATE = "validate", "Choosing the epoch"
    TEST = "test", "Testing"


class ExperimentImage(models.Model):
    """One image that takes part, with what was known of it when the experiment was queued."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="images")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    split = models.CharField(max_length=8, choices=Split.choices)
    stratum = models.CharField(max_length=120, blank=True, help_text="Kept in proportion when the sets are split.")
    label = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Classification: 1 with the finding.")
    mask_sha256 = models.CharField(max_length=64, blank=True, help_text="Segmentation: the version that counted.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["experiment", "image"], name="experiment_image_once")]

    def __str__(self) -> str:
        return f"{self.image} in {self.experiment}"


class ExperimentCell(models.Model):
    """One net trained and tested: an arm, a seed and a number of real images; written once, when it is done."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="cells")
    arm = models.CharField(max_length=40)
    net = models.CharField(max_length=40)
    n_real = models.PositiveIntegerField(help_text="Real images that were learned from.")
    n_synthetic = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    # Each test image's values by its token ({"dice", "iou", "hd95"} or {"score"}), so that any interval can be taken.
    values: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField()
    learned_from: "models.JSONField[list[str], list[str]]" = models.JSONField(help_text="Tokens of training images.")
    versions: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(
        default=dict, blank=True, help_text="What trained it: another worker may go on with other versions."
    )
    seconds = models.FloatField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "arm", "net", "n_real", "seed"], name="experiment_cell_trained_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arm}, {self.n_real} real, seed {self.seed}, in {self.experiment}"
