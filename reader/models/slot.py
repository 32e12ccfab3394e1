"""Slots: one position in one reader's stored order."""

import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from lungstudy.accounts.models import User
from reader.models.assignment import Assignment
from reader.models.study import Study
from reader.models.trial import Trial

PRACTICE = 0
"""The session of practice, before the first."""


class SlotQuerySet(models.QuerySet["Slot"]):
    """Questions about slots."""

    def belonging_to(self, user: User | AnonymousUser) -> Self:
        """Slots of this reader, whatever the study's state."""
        return self.none() if isinstance(user, AnonymousUser) else self.filter(assignment__reader=user)

    def readable(self) -> Self:
        """In studies that still take readings, and in a session that has begun."""
        return self.filter(assignment__study__state=Study.State.OPEN, session__lte=models.F("assignment__session"))

    def of_the_study(self) -> Self:
        """All but practice."""
        return self.filter(session__gt=PRACTICE)

    def unread(self) -> Self:
        """Without a counted reading."""
        return self.exclude(readings__counted=True)

    def with_what_filing_needs(self) -> Self:
        """Place and study beside each slot, without the study's long protocol, which every verdict would read again."""
        names = ("session", "started_at", *(f"study__{name}" for name in NEEDED_TO_FILE))
        beside = [f"assignment__{name}" for name in names]
        return self.select_related("assignment__study", "trial").only(
            "token", "session", "position", "arrangement", "trial__feedback", *beside
        )

    def in_reading_order(self) -> Self:
        """As the reader will meet them."""
        return self.order_by("session", "position")


NEEDED_TO_FILE = (
    "state", "design", "tuple_size", "scale_points", "allow_unsure", "confidence", "allow_comment", "marking",
    "mark_reasons", "revising", "practice_feedback",
)  # fmt: skip
"""What of a protocol decides whether a reading is taken."""


class Slot(models.Model):
    """One trial at one place in one reader's order; its random token is all the browser knows of it."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="slots")
    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="slots")
    session = models.PositiveSmallIntegerField(default=1, help_text="From 1; 0 is practice.")
    position = models.PositiveIntegerField(help_text="From 1 in its session.")
    occasion = models.PositiveSmallIntegerField(default=1, help_text="2: the hidden repeat of a trial in its session.")
    # Which case of the trial stands at each place on screen, by the case's own place: [2, 1] shows them swapped.
    arrangement: "models.JSONField[list[int], list[int]]" = models.JSONField(default=list)

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["assignment", "session", "position"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "session", "position"], name="slot_position_unique"),
            models.UniqueConstraint(fields=["assignment", "session", "trial", "occasion"], name="slot_occasion_unique"),
        ]

    def __str__(self) -> str:
        return f"slot {self.position} of session {self.session} of {self.assignment}"
