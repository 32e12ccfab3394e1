"""Start, stop and retry imports."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, ImportRun


@transaction.atomic
def start_import(
    *, dataset: Dataset, source: Path, metadata_csv: Path | None, window: str, uploaded: bool, by: User | None
) -> ImportRun:
    """A run that waits for a worker; the caller wakes one."""
    run = ImportRun.objects.create(
        dataset=dataset,
        source=str(source),
        metadata_csv=str(metadata_csv or ""),
        window=window,
        uploaded=uploaded,
        created_by=by,
    )
    record_event(verb="started import", by=by, target=dataset, source=source.name)
    return run


@transaction.atomic
def cancel_import(*, run: ImportRun, by: User) -> None:
    """Stop a run: at once if it waits, after the current file if it runs. What is stored stays.

    A failed run is given up: its uploaded files go, so it cannot be tried again.
    """
    waiting = (JobState.QUEUED, JobState.FAILED)
    stopped = ImportRun.objects.filter(pk=run.pk, state__in=waiting).update(
        state=JobState.CANCELLED, finished_at=timezone.now()
    )
    ImportRun.objects.filter(pk=run.pk, state=JobState.RUNNING).update(cancel_requested=True)
    record_event(verb="cancelled import", by=by, target=run.dataset)
    if stopped:
        transaction.on_commit(lambda: discard_upload(run))


@transaction.atomic
def retry_import(*, run: ImportRun, by: User) -> bool:
    """Let a failed run wait for a worker again; False if it had not failed."""
    queued = ImportRun.objects.filter(pk=run.pk, state=JobState.FAILED).queue_again()
    if queued:
        record_event(verb="retried import", by=by, target=run.dataset)
    return bool(queued)


def discard_upload(run: ImportRun) -> None:
    """Delete the uploaded copy; a folder of somebody's own is never touched."""
    if run.uploaded:
        shutil.rmtree(upload_folder(run.source), ignore_errors=True)


def upload_folder(source: str) -> Path:
    """The folder of one upload: the one right below the folder of all uploads."""
    uploads = Path(settings.UPLOADS).resolve()
    below = Path(source).resolve().relative_to(uploads)
    if not below.parts:
        raise ValueError("The folder of all uploads is no upload; only folders inside it are deleted.")
    return uploads / below.parts[0]
