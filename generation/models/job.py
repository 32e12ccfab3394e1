"""Jobs: one worker's share of a batch, drawn at the batch's fixed shape."""

from typing import Self

from django.db import models
from django.utils import timezone

from generation.models.batch import Batch
from lungstudy.jobs.models import JobState, LeasedJob, LeasedJobQuerySet


class JobQuerySet(LeasedJobQuerySet["Job"]):
    """Questions about jobs; claiming comes with every leased job."""

    def on_a_worker(self) -> Self:
        """Running under a lease that still holds."""
        return self.filter(state=JobState.RUNNING, lease_until__gte=timezone.now())

    def ended_early(self) -> Self:
        """Failed or cancelled: what a retry draws."""
        return self.filter(state__in=(JobState.FAILED, JobState.CANCELLED))


class Job(LeasedJob):
    """The images `first_index` to `first_index + images_wanted - 1` of one batch.

    `done` counts images stored; `step` is the sampler's step within the images being drawn now.
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

    def missing(self) -> list[int]:
        """Positions that no worker has stored yet."""
        stored = set(self.images.values_list("index", flat=True))
        return [index for index in self.indexes if index not in stored]

    def report_step(self, step: int) -> None:
        """Renew the lease and say which step the sampler is at; raises as `keep_lease` does."""
        self.keep_lease()
        self._mine().update(step=step)
