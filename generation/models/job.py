"""Jobs: one worker's share of a batch, drawn at the batch's fixed shape."""

from django.db import models

from generation.models.batch import Batch
from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet


class JobQuerySet(LeasedJobQuerySet["Job"]):
    """Questions about jobs; claiming comes with every leased job."""


class Job(LeasedJob):
    """The images `first_index` to `first_index + images_wanted - 1` of one batch."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="jobs")
    first_index = models.PositiveIntegerField()
    images_wanted = models.PositiveSmallIntegerField()

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-priority", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "first_index"], name="job_starts_once_per_index"),
        ]

    def __str__(self) -> str:
        return f"images {self.first_index + 1} to {self.first_index + self.images_wanted} of {self.batch}"
