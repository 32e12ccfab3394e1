"""Studies: a protocol, its pools and its life from draft to unblinded."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from lungstudy.accounts.models import User
from lungstudy.library.models import Dataset


class StudyQuerySet(models.QuerySet["Study"]):
    """Questions about studies."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Studies whose research side this person may see; never one that they read and that is still blind."""
        if isinstance(user, AnonymousUser) or not user.is_researcher:
            return self.none()
        theirs = self if user.is_admin else self.filter(researchers=user)
        return theirs.exclude(~models.Q(state=Study.State.UNBLINDED), assignments__reader=user)

    def with_counts(self) -> Self:
        """Adds `n_cases`, `n_readers` (those who joined) and `has_phantoms`."""
        return self.annotate(
            has_phantoms=models.Exists(Pool.objects.filter(study=models.OuterRef("pk"), dataset__phantoms=True)),
            n_cases=models.Count("cases", distinct=True),
            n_readers=models.Count("assignments", filter=models.Q(assignments__reader__isnull=False), distinct=True),
        )

    def unblinded(self) -> Self:
        """Studies whose truth may be joined to readings."""
        return self.filter(state=Study.State.UNBLINDED)


class Study(models.Model):
    """One blinded reader study."""

    class State(models.TextChoices):
        """Where a study stands; it only ever moves forward."""

        DRAFT = "draft", "Draft"
        SEALED = "sealed", "Sealed"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        UNBLINDED = "unblinded", "Unblinded"

    class Grey(models.TextChoices):
        """How grey levels are brought to one scale, the same rule for every image."""

        AS_STORED = "as_stored", "As stored (full range of the file's depth)"
        PERCENTILE = "percentile", "Stretch the 0.5 to 99.5 percentile"
        STANDARDISE = "standardise", "Mean 128, two standard deviations to black and white"

    class Fit(models.TextChoices):
        """How a film becomes a square."""

        CROP = "crop", "Centre crop to a square"
        PAD = "pad", "Pad to a square with black"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    question = models.CharField(max_length=200, default="Is this image real or fake?")
    instructions = models.TextField(blank=True, help_text="What readers see before they start.")
    allow_unsure = models.BooleanField(default=True)
    seed = models.BigIntegerField(help_text="Decides which images are drawn and every reader's order.")

    image_size = models.PositiveIntegerField(default=768, help_text="Pixels on each side, the same for all images.")
    border_crop_percent = models.PositiveSmallIntegerField(default=0)
    fit = models.CharField(max_length=10, choices=Fit.choices, default=Fit.CROP)
    grey = models.CharField(max_length=12, choices=Grey.choices, default=Grey.PERCENTILE)
    # Boxes masked on every image, as [left, top, right, bottom] fractions of the presented square.
    fixed_masks: "models.JSONField[list[list[float]], list[list[float]]]" = models.JSONField(default=list, blank=True)

    researchers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="studies", blank=True)
    # Everybody who has ever been one of them: what was seen stays seen, so none of these can read the study.
    insiders = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    demonstration = models.BooleanField(default=False)
    keep_days_after_closing = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Deleted with its files this many days after closing; empty keeps it.",
    )

    protocol: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict, blank=True)
    protocol_sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    unblinded_at = models.DateTimeField(null=True, blank=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft") | ~models.Q(protocol_sha256=""),
                name="study_sealed_with_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def phantom_datasets(self) -> models.QuerySet[Dataset]:
        """Data sets of this study that hold phantoms; every page outside the reading room says so."""
        return Dataset.objects.filter(pools__study=self, phantoms=True).distinct()

    @property
    def verdicts(self) -> list[str]:
        """The verdicts a reader may give, in the declared order of the buttons."""
        return ["real", "fake", "unsure"] if self.allow_unsure else ["real", "fake"]


class Pool(models.Model):
    """How many images a study draws from one data set, perhaps of one finding or view."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="pools")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="pools")
    finding = models.CharField(max_length=120, blank=True)
    view = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "dataset", "finding", "view"], name="pool_named_once"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="pool_draws_something"),
        ]

    def __str__(self) -> str:
        words = [str(self.count), "from", str(self.dataset), self.finding, self.view]
        return " ".join(word for word in words if word)
