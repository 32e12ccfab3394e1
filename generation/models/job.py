"""Jobs: one worker's share of a batch, drawn at the batch's fixed shape."""

from dataclasses import replace
from math import ceil
from typing import Self

from django.db import models
from django.utils import timezone

from generation.diffusion.recipe import Recipe
from generation.models.batch import Batch
from lungstudy.jobs.models import JobState, LeasedJob, LeasedJobQuerySet


class JobPausedError(Exception):
    """Somebody paused the batch; the job goes back to the queue."""


class JobQuerySet(LeasedJobQuerySet["Job"]):
    """Questions about jobs; claiming comes with every leased job."""

    def claimable(self) -> Self:
        """As of every leased job, without those of paused batches."""
        # No join: the one UPDATE that claims a job has to see its state itself, and not by a question beside it.
        return super().claimable().exclude(batch__in=Batch.objects.paused())

    def on_a_worker(self) -> Self:
        """Running under a lease that still holds."""
        return self.filter(state=JobState.RUNNING, lease_until__gte=timezone.now())

    def ended_early(self) -> Self:
        """Failed or cancelled: what a retry draws."""
        return self.filter(state__in=(JobState.FAILED, JobState.CANCELLED))

    def never_drawn(self) -> set[tuple[int, int]]:
        """Images that are not stored and that nobody will draw, unless asked once more: key of the batch, position."""
        wanted, stored = set(), set()
        rows = self.ended_early().values_list("batch", "first_index", "images_wanted", "images__index")
        for batch, first, count, index in rows:
            wanted |= {(batch, first + at) for at in range(count)}
            stored.add((batch, index))
        return wanted - stored


class Job(LeasedJob):
    """The images `first_index` to `first_index + images_wanted - 1` of one batch.

    `done` counts images stored; `step` counts the sampler's steps over all its groups.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="jobs")
    first_index = models.PositiveIntegerField()
    images_wanted = models.PositiveSmallIntegerField()
    # Smaller than the batch's where a worker could not hold so many at once.
    batch_shape = models.PositiveSmallIntegerField(null=True, blank=True)
    step = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField(default=timezone.now)
    woken_at = models.DateTimeField(default=timezone.now, help_text="When a worker was last told of it.")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "first_index"], name="job_starts_once_per_index"),
        ]

    def __str__(self) -> str:
        return f"images {self.first_index + 1} to {self.first_index + self.images_wanted} of {self.batch}"

    @property
    def indexes(self) -> range:
        """Positions in the batch that this job draws."""
        return range(self.first_index, self.first_index + self.images_wanted)

    @property
    def shape(self) -> int:
        """Images drawn at once: the batch's number, or the smaller one that fitted into memory."""
        return self.batch_shape or self.batch.batch_shape

    @property
    def n_groups(self) -> int:
        """How often it draws as many images at once as its shape says."""
        return ceil(self.images_wanted / self.shape)

    def recipe(self, index: int) -> Recipe:
        """The recipe of one of its images, with the shape that it is drawn at."""
        return replace(self.batch.recipe(index), batch_shape=self.shape)

    def missing(self) -> list[int]:
        """Positions that no worker has stored yet."""
        stored = set(self.images.values_list("index", flat=True))
        return [index for index in self.indexes if index not in stored]

    def draw_at(self, shape: int) -> None:
        """From here on so many images at once; those already stored keep their own number."""
        self.batch_shape = shape
        self._mine().update(batch_shape=shape)

    def report_step(self, step: int) -> None:
        """Renew the lease and say which step the sampler is at; raises as `keep_lease` does.

        Raises
        ------
        JobPausedError
            The batch was paused since.
        """
        self.keep_lease()
        self._mine().update(step=step)
        if Batch.objects.paused().filter(pk=self.batch_id).exists():
            raise JobPausedError(f"{self} is paused")

    def put_back(self, **changes: object) -> bool:
        """Let it wait again, with nothing of this attempt; False if another worker holds it by now."""
        now = timezone.now()
        waiting = {"state": JobState.QUEUED, "attempts": 0, "step": 0, "lease_until": None, "queued_at": now}
        return bool(self._mine().update(**{**waiting, "woken_at": now, **changes}))
