"""Training runs: a model, a LoRA or an embedding learned from the library's images."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from generation.models.adapter import Adapter
from generation.models.generator import Generator
from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet
from lungstudy.library.models import Dataset, Image


def checkpoint_path(instance: "TrainingRun", filename: str) -> str:
    """The state that the next worker goes on from."""
    return f"training/{instance.token.hex}/{filename}"


def sample_path(instance: "TrainingSample", filename: str) -> str:  # noqa: ARG001 - Django's signature
    """Pictures drawn on the way."""
    return f"training/{instance.run.token.hex}/step{instance.step}.png"


class TrainingRunQuerySet(LeasedJobQuerySet["TrainingRun"]):
    """Questions about training runs; claiming comes with every leased job."""

    def sent_with(self, request_key: str) -> "TrainingRun | None":
        """The run that a form with this key has queued already."""
        try:
            return self.filter(request_key=uuid.UUID(request_key)).first()
        except ValueError:
            return None


class TrainingRun(LeasedJob):
    """One training; `done` counts optimizer steps of `total`."""

    class Kind(models.TextChoices):
        """What is learned."""

        EMBEDDING = "embedding", "Embedding (Textual Inversion)"
        LORA = "lora", "LoRA"
        FINE_TUNE = "fine_tune", "Fine-tuned model"
        SCRATCH = "scratch", "Model from scratch"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Made with the form: a double click sends it twice and queues one run.
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, help_text="What the result is called.")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # None from scratch: there is nothing to start from.
    generator = models.ForeignKey(
        Generator, null=True, blank=True, on_delete=models.PROTECT, related_name="training_runs"
    )
    datasets = models.ManyToManyField(Dataset, related_name="training_runs")
    seed = models.BigIntegerField(default=0)
    options: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        default=dict, help_text="Everything else that decides the result: rate, vectors, rank, captions and so on."
    )
    checkpoint = models.FileField(upload_to=checkpoint_path, blank=True)
    checkpoint_step = models.PositiveIntegerField(default=0)
    versions: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict, blank=True)
    adapter = models.OneToOneField(
        Adapter, null=True, blank=True, on_delete=models.PROTECT, related_name="training_run"
    )
    trained_generator = models.OneToOneField(
        Generator, null=True, blank=True, on_delete=models.PROTECT, related_name="trained_by"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"training of “{self.name}”"


class TrainingImage(models.Model):
    """One image that a run learns from, or holds out, under the caption it had then."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="images")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    caption = models.TextField()
    held_out = models.BooleanField(
        default=False, help_text="Never learned from; all images of its patient are held out."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "image"], name="training_image_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.image} in {self.run}"


class TrainingLoss(models.Model):
    """The mean loss over the steps since the last row, for the live curve."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="losses")
    step = models.PositiveIntegerField()
    loss = models.FloatField()
    held_out_loss = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["step"]
        constraints = [
            models.UniqueConstraint(fields=["run", "step"], name="training_loss_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"step {self.step}: {self.loss:.4f}"


class TrainingSample(models.Model):
    """A grid of images drawn at one step, the same seeds each time."""

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="samples")
    step = models.PositiveIntegerField()
    prompt = models.TextField()
    file = models.FileField(upload_to=sample_path)

    class Meta:
        ordering = ["step"]
        constraints = [
            models.UniqueConstraint(fields=["run", "step"], name="training_sample_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"samples at step {self.step}"
