"""Import runs: one request to bring files into a data set, with its progress and its problems."""

import uuid

from django.conf import settings
from django.db import models

from lungstudy.jobs.models import LeasedJob, LeasedJobQuerySet
from lungstudy.library.models.dataset import Dataset


class ImportRunQuerySet(LeasedJobQuerySet["ImportRun"]):
    """Questions about import runs; claiming comes with every leased job."""


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


class ImportProblem(models.Model):
    """One file that could not be imported, by name, with the reason."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    file_name = models.CharField(max_length=300)
    reason = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "file_name"], name="import_problem_once_per_file")]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.reason}"
