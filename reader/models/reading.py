"""Readings: what a reader said in a slot; revisions are added, nothing is overwritten."""

from typing import Any, Self

from django.db import models

from reader.models.slot import Slot


class Verdict(models.TextChoices):
    """What a reader can say, in the declared order of statistics: fake < unsure < real."""

    FAKE = "fake", "Fake"
    UNSURE = "unsure", "Unsure"
    REAL = "real", "Real"


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Questions about readings."""

    def counted(self) -> Self:
        """Those that arrived while the study was open."""
        return self.filter(counted=True)

    def latest_per_slot(self) -> Self:
        """The last thing the reader said in each slot, by the client's own sequence."""
        newest = (
            Reading.objects.filter(slot=models.OuterRef("slot"), counted=True)
            .order_by("-sequence", "-pk")
            .values("pk")[:1]
        )
        return self.counted().filter(pk=models.Subquery(newest))

    def last_sequence(self) -> int:
        """The highest sequence among these, counted or not; 0 where there is none."""
        last: int = self.aggregate(last=models.Max("sequence", default=0))["last"]
        return last


class WhyApart(models.TextChoices):
    """Why a reading is kept but not counted."""

    COUNTED = "", "It is counted"
    CLOSED = "closed", "It arrived after the study had closed"
    SESSION_OVER = "session", "It arrived after its session was over"
    REVISION = "revision", "The protocol takes no revision of this answer"


class Reading(models.Model):
    """One answer as it was sent; the client key makes sending it twice file it once."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="readings")
    client_key = models.UUIDField(unique=True)
    sequence = models.BigIntegerField(
        help_text="The client's own count; the highest in a slot is what the reader means."
    )
    # What was said: a verdict, or the place on screen that was chosen (from 1), or a point of the scale (from 1).
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    choice = models.PositiveSmallIntegerField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 5, or 0 to 100 by slider.")
    comment = models.TextField(blank=True)
    # [{"place": 1, "x": .2, "y": .3, "w": 0, "h": 0, "reason": "..."}]: fractions of the presented square.
    marks: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list, blank=True)
    seconds_open = models.FloatField(help_text="How long the image could be looked at before this answer.")
    # How it was looked at: {"zoom_max": 2.5, "window_changes": 3, "focus_losses": 1, ...}; numbers only.
    viewing: "models.JSONField[dict[str, float], dict[str, float]]" = models.JSONField(default=dict, blank=True)
    counted = models.BooleanField(default=True)
    why_apart = models.CharField(max_length=8, choices=WhyApart.choices, blank=True, default=WhyApart.COUNTED)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["slot", "sequence", "pk"]
        indexes = [models.Index(fields=["slot", "counted", "-sequence"], name="reading_latest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values, choice=None, rating=None)
                | models.Q(verdict="", choice__gte=1, rating=None)
                | models.Q(verdict="", choice=None, rating__gte=1),
                name="reading_says_one_thing",
            ),
            models.CheckConstraint(condition=models.Q(seconds_open__gte=0), name="reading_time_not_negative"),
            models.CheckConstraint(
                condition=models.Q(counted=True, why_apart="") | (models.Q(counted=False) & ~models.Q(why_apart="")),
                name="reading_apart_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} in {self.slot}"

    @property
    def answer(self) -> str:
        """What was said, as the browser sends it: a verdict's name, or the number of a place or of a point."""
        return self.verdict or str(self.choice or self.rating)
