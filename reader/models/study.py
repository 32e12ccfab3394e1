"""Studies: their life from draft to unblinded, around a protocol in five parts."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from lungstudy.accounts.models import User
from lungstudy.library.models import Dataset
from reader.models.briefing import BriefingMixin
from reader.models.design import AskedMixin
from reader.models.plan import PlanMixin
from reader.models.schedule import ScheduleMixin
from reader.models.viewing import ShownMixin


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
            has_phantoms=models.Exists(
                Dataset.objects.filter(
                    models.Q(pools__study=models.OuterRef("pk")) | models.Q(images__cases__study=models.OuterRef("pk")),
                    phantoms=True,
                )
            ),
            n_cases=models.Count("cases", distinct=True),
            n_readers=models.Count("assignments", filter=models.Q(assignments__reader__isnull=False), distinct=True),
        )

    def unblinded(self) -> Self:
        """Studies whose truth may be joined to readings."""
        return self.filter(state=Study.State.UNBLINDED)


class Study(AskedMixin, ShownMixin, ScheduleMixin, BriefingMixin, PlanMixin):
    """One blinded reader study: its protocol, in five parts, and its life."""

    class State(models.TextChoices):
        """Where a study stands; it only ever moves forward."""

        DRAFT = "draft", "Draft"
        SEALED = "sealed", "Sealed"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        UNBLINDED = "unblinded", "Unblinded"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
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

    # An amendment is a study of its own: the next version of the one it amends, with what changed and why.
    version = models.PositiveIntegerField(default=1)
    amends = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="amendment")
    amendment_reason = models.TextField(blank=True)
    copy_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies")

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
        named = models.Q(pools__study=self) | models.Q(images__cases__study=self)
        return Dataset.objects.filter(named, phantoms=True).distinct()
