"""Import runs: one request to bring files into a data set, with its progress and its problems."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from lungstudy.jobs.models import JobState, LeasedJob, LeasedJobQuerySet
from lungstudy.library.models.dataset import Dataset


class ProblemKind(models.TextChoices):
    """What became of the file that a problem is about."""

    REFUSED = "refused", "Not imported"
    REMARK = "remark", "To look at"


class ImportRunQuerySet(LeasedJobQuerySet["ImportRun"]):
    """Questions about import runs; claiming comes with every leased job."""

    def with_problem_counts(self) -> Self:
        """Adds `n_refused` and `n_remarks`."""
        refused = models.Q(problems__kind=ProblemKind.REFUSED)
        remarks = models.Q(problems__kind=ProblemKind.REMARK)
        return self.annotate(
            n_refused=models.Count("problems", filter=refused), n_remarks=models.Count("problems", filter=remarks)
        )


class ImportRun(LeasedJob):
    """Files waiting in a folder or a zip, on their way into one data set."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="import_runs")
    source = models.CharField(max_length=500, help_text="Folder, zip or file on this machine.")
    metadata_csv = models.CharField(max_length=500, blank=True)
    window = models.CharField(max_length=40, default="lung")
    # Uploaded copies are deleted when the run ends; a folder of the user's own never is.
    uploaded = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added = models.PositiveIntegerField(default=0)
    already_there = models.PositiveIntegerField(default=0)
    flagged = models.PositiveIntegerField(default=0)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"import into {self.dataset}"

    @property
    def seconds_left(self) -> int | None:
        """At the pace so far; None before there is a pace."""
        if not (self.state == JobState.RUNNING and self.done and self.started_at):
            return None
        seconds = (timezone.now() - self.started_at).total_seconds()
        return round(seconds / self.done * (self.total - self.done))


class ImportProblem(models.Model):
    """One file that could not be imported, or that a person should know about, by name, with the reason."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    file_name = models.CharField(max_length=300)
    kind = models.CharField(max_length=8, choices=ProblemKind.choices, default=ProblemKind.REFUSED)
    reason = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "file_name"], name="import_problem_once_per_file")]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.reason}"
