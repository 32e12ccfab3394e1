"""Assignments: one reader in one study, with a link to join by and a stored order."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from lungstudy.accounts.models import Invitation, User
from reader.models.study import Study


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Questions about assignments."""

    def of_reader(self, user: User | AnonymousUser) -> Self:
        """This person's own places in studies."""
        return self.none() if isinstance(user, AnonymousUser) else self.filter(reader=user)

    def joined(self) -> Self:
        """Places that a reader has taken."""
        return self.filter(reader__isnull=False)

    def finished(self) -> Self:
        """Readers who have answered in every slot."""
        counts = self.joined().with_progress()
        return counts.filter(n_slots__gt=0, n_read=models.F("n_slots"))

    def with_progress(self) -> Self:
        """Adds `n_slots` and `n_read`, over all sessions and without practice; counts only, never verdicts."""
        counted = models.Q(slots__session__gt=0, slots__readings__counted=True)
        return self.annotate(
            n_slots=models.Count("slots", filter=models.Q(slots__session__gt=0), distinct=True),
            n_read=models.Count("slots", filter=counted, distinct=True),
        )

    def with_pace(self) -> Self:
        """Adds `last_activity` and `seconds_per_answer`; when and how fast, never what."""
        counted = models.Q(slots__session__gt=0, slots__readings__counted=True)
        return self.annotate(
            last_activity=models.Max("slots__readings__received_at"),
            seconds_per_answer=models.Avg("slots__readings__seconds_open", filter=counted),
        )


class Assignment(models.Model):
    """Reader number N of a study: invited first, joined when the link is accepted."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="assignments")
    number = models.PositiveIntegerField(help_text="From 1; decides this reader's order, and names them in exports.")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    invitation = models.OneToOneField(
        Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="assignment"
    )
    block = models.PositiveSmallIntegerField(default=1, help_text="Which part of the images this reader reads.")
    # The answers in the order of this reader's buttons.
    answer_order: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)
    session = models.PositiveSmallIntegerField(default=1, help_text="The session that runs; earlier ones are over.")
    session_began_at = models.DateTimeField(null=True, blank=True, help_text="When the running session began, after 1.")
    group = models.CharField(max_length=60, blank=True, help_text="Whom results compare, such as residents.")
    reminded_at = models.DateTimeField(null=True, blank=True)

    joined_at = models.DateTimeField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    briefed_at = models.DateTimeField(null=True, blank=True, help_text="When the instructions were read.")
    practised_at = models.DateTimeField(null=True, blank=True, help_text="When practice was finished or passed over.")
    started_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="reader_number_unique_in_study"),
            models.UniqueConstraint(fields=["study", "reader"], name="reader_joins_a_study_once"),
        ]

    def __str__(self) -> str:
        return f"reader {self.number} of {self.study}"
