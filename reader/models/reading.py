"""Readings: what a reader said in a slot; revisions are added, nothing is overwritten."""

from typing import Self

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


class Reading(models.Model):
    """One verdict as it was sent; the client key makes sending it twice file it once."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="readings")
    client_key = models.UUIDField(unique=True)
    sequence = models.BigIntegerField(
        help_text="The client's own count; the highest in a slot is what the reader means."
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    seconds_open = models.FloatField(help_text="How long the image was on screen before this verdict.")
    # False: it arrived after the study closed; kept apart, reported, never counted.
    counted = models.BooleanField(default=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["slot", "sequence", "pk"]
        indexes = [models.Index(fields=["slot", "counted", "-sequence"], name="reading_latest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="reading_verdict_known"),
            models.CheckConstraint(condition=models.Q(seconds_open__gte=0), name="reading_time_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} in {self.slot}"
