"""The abstract leased job that imports, generation jobs and sealings share."""

import uuid
from datetime import timedelta
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

MAX_ATTEMPTS = 5


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


class LeaseLostError(Exception):
    """Another worker has taken the job over; stop without storing anything more."""


class JobCancelledError(Exception):
    """Somebody asked for the job to stop."""


JobT = TypeVar("JobT", bound="LeasedJob")


class LeasedJobQuerySet(models.QuerySet[JobT]):
    """Questions about jobs, and the one way to take one."""

    def unfinished(self) -> Self:
        """Waiting or running."""
        return self.filter(state__in=OPEN_STATES)

    def claimable(self) -> Self:
        """Waiting, or running on a worker that stopped renewing its lease."""
        expired = models.Q(state=JobState.RUNNING, lease_until__lt=timezone.now())
        return self.filter(models.Q(state=JobState.QUEUED) | expired)

    def ask_to_stop(self) -> int:
        """Cancel at once what waits or whose worker died, and ask what runs to stop at its next step; how many."""
        # Not through `claimable`, which a subclass may narrow: what no worker may take can still be cancelled.
        left = LeasedJobQuerySet.claimable(self).update(state=JobState.CANCELLED, finished_at=timezone.now())
        return left + self.unfinished().update(cancel_requested=True)

    def queue_again(self, **changes: object) -> int:
        """Let what failed or was cancelled wait once more, as if never tried; what it stored stays. How many."""
        stopped = self.filter(state__in=(JobState.FAILED, JobState.CANCELLED))
        fresh = {"state": JobState.QUEUED, "attempts": 0, "cancel_requested": False, "reason": ""}
        return stopped.update(**fresh, started_at=None, finished_at=None, lease_until=None, **changes)

    def claim(self, pk: int) -> JobT | None:
        """Take the job by one conditional UPDATE; None if somebody else has it or nothing is left to do.

        A job that five workers left without a word is failed instead of being tried for ever.
        """
        now = timezone.now()
        exhausted = {
            "state": JobState.FAILED,
            "finished_at": now,
            "reason": f"Stopped after {MAX_ATTEMPTS} workers died or lost the database; see their log, then retry.",
        }
        self.claimable().filter(pk=pk, attempts__gte=MAX_ATTEMPTS).update(**exhausted)
        token = uuid.uuid4()
        taken = (
            self.claimable()
            .filter(pk=pk)
            .update(
                state=JobState.RUNNING,
                lease_token=token,
                lease_until=now + timedelta(seconds=settings.LEASE_SECONDS),
                heartbeat_at=now,
                attempts=models.F("attempts") + 1,
                started_at=Coalesce("started_at", now),
            )
        )
        return self.get(pk=pk) if taken else None


class LeasedJob(models.Model):
    """State, lease, progress and reason of one piece of background work."""

    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED, db_index=True)
    priority = models.SmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, help_text="Why it failed, in one sentence.")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether there is still something to wait for."""
        return self.state in OPEN_STATES

    @property
    def percent(self) -> int:
        """Progress for a bar, 0 to 100."""
        return round(100 * self.done / self.total) if self.total else 0

    def _mine(self) -> models.QuerySet[Self]:
        jobs = type(self)._default_manager.filter(pk=self.pk)
        return jobs.filter(lease_token=self.lease_token, state=JobState.RUNNING)

    def keep_lease(self, *, done: int | None = None) -> None:
        """Renew the lease and say how far the work is.

        Raises
        ------
        LeaseLostError
            Another worker has the job now.
        JobCancelledError
            Somebody asked for it to stop.
        """
        now = timezone.now()
        fields: dict[str, object] = {
            "heartbeat_at": now,
            "lease_until": now + timedelta(seconds=settings.LEASE_SECONDS),
        }
        if done is not None:
            self.done = done
            fields["done"] = done
        if not self._mine().update(**fields):
            raise LeaseLostError(f"{self} is no longer held by this worker")
        if type(self)._default_manager.filter(pk=self.pk, cancel_requested=True).exists():
            raise JobCancelledError(f"{self} was cancelled")

    def release(self, *, state: JobState, reason: str = "") -> bool:
        """End the job; False if another worker holds it by now."""
        self.state, self.reason, self.finished_at = state, reason, timezone.now()
        ended = self._mine().update(state=state, reason=reason, finished_at=self.finished_at)
        return bool(ended)
