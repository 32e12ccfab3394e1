"""Slots: one position in one reader's stored order."""

import uuid
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models

from lungstudy.accounts.models import User
from reader.models.assignment import Assignment
from reader.models.case import Case
from reader.models.study import Study


class SlotQuerySet(models.QuerySet["Slot"]):
    """Questions about slots."""

    def belonging_to(self, user: User | AnonymousUser) -> Self:
        """Slots of this reader, whatever the study's state."""
        return self.none() if isinstance(user, AnonymousUser) else self.filter(assignment__reader=user)

    def readable(self) -> Self:
        """In studies that still take readings."""
        return self.filter(assignment__study__state=Study.State.OPEN)

    def unread(self) -> Self:
        """Without a counted reading."""
        return self.exclude(readings__counted=True)

    def with_what_filing_needs(self) -> Self:
        """Place and study beside each slot, without the study's long protocol, which every verdict would read again."""
        needed = ("started_at", "study__state", "study__allow_unsure")
        return self.select_related("assignment__study").only(*(f"assignment__{name}" for name in needed))

    def in_reading_order(self) -> Self:
        """As the reader will meet them."""
        return self.order_by("position")


class Slot(models.Model):
    """One image at one place in one reader's order; its random token is all the browser knows of it."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="slots")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveIntegerField(help_text="From 1.")

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["assignment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "position"], name="slot_position_unique"),
            models.UniqueConstraint(fields=["assignment", "case"], name="slot_shows_a_case_once"),
        ]

    def __str__(self) -> str:
        return f"slot {self.position} of {self.assignment}"
