"""Seal a study: check, render every presentation through one pipeline, hash the protocol, and fix it all."""

import logging

from django.db import transaction
from django.utils import timezone

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobCancelledError, JobState, LeaseLostError
from lungstudy.library.actions.storing import StorageFullError, is_disk_full
from reader.actions.drafts import editable_draft
from reader.actions.errors import StudyError
from reader.actions.feedback import note_feedback
from reader.actions.presentations import delete_presentations, store_presentation
from reader.actions.protocol import protocol_of, protocol_sha256
from reader.actions.sealing_checks import AFTER_RENDERING, BEFORE_RENDERING, refusals
from reader.models import Sealing, Study

log = logging.getLogger(__name__)


@transaction.atomic
def ask_to_seal(*, study: Study, by: User | None) -> Sealing:
    """Queue the rendering; what an earlier attempt rendered is made again, since the draft may have changed.

    Raises
    ------
    StudyError
        A check refuses; says what to change.
    """
    draft = editable_draft(study)
    refused = refusals(draft, BEFORE_RENDERING)
    if refused:
        raise StudyError(" ".join(refused))
    delete_presentations(draft)
    return Sealing.objects.create(study=draft, asked_by=by, total=draft.cases.count())


def render_and_seal(*, sealing: Sealing) -> None:
    """Render what is missing, then seal; a sealing that another worker began is finished, not begun again."""
    try:
        render_missing(sealing)
        seal(sealing)
    except LeaseLostError:
        return
    except JobCancelledError:
        sealing.release(state=JobState.CANCELLED)
    except (StudyError, StorageFullError) as error:
        sealing.release(state=JobState.FAILED, reason=str(error))
    except (OSError, ValueError) as error:
        sealing.release(state=JobState.FAILED, reason=sentence_for(error))


def sentence_for(error: OSError | ValueError) -> str:
    """What a researcher is told; the disk's own path stays in the log."""
    log.warning("A sealing failed", exc_info=error)
    if isinstance(error, OSError) and is_disk_full(error):
        return str(StorageFullError())
    if isinstance(error, FileNotFoundError):
        return "A drawn image's file is missing from the store. Bring it back from a backup, or exclude the image."
    return f"A drawn image could not be rendered ({error}). Exclude it on the data set's page, draw again, then seal."


@transaction.atomic
def stop_sealing(*, study: Study, by: User | None) -> None:
    """Stop at the next image; a sealing that waits, or whose worker died, is stopped at once."""
    waiting = study.sealings.claimable().update(state=JobState.CANCELLED, finished_at=timezone.now())
    running = study.sealings.unfinished().update(cancel_requested=True)
    if not waiting + running:
        raise StudyError("Nothing is being sealed any more.")
    record_event(verb="stopped a sealing", by=by, target=study)


def render_missing(sealing: Sealing) -> None:
    """Store the presentation of every case that has none yet."""
    missing = sealing.study.cases.filter(presentation=None).select_related("image", "study")
    done = sealing.total - missing.count()
    for case in missing:
        sealing.keep_lease(done=done)
        store_presentation(case)
        done += 1
    sealing.keep_lease(done=done)


def seal(sealing: Sealing) -> None:
    """Hash the protocol and move the study on, in one transaction with the end of the job."""
    refused = refusals(sealing.study, AFTER_RENDERING)
    if refused:
        raise StudyError(" ".join(refused))
    protocol = protocol_of(sealing.study)
    digest = protocol_sha256(protocol)
    with transaction.atomic():
        if not sealing.release(state=JobState.DONE):
            raise LeaseLostError(f"{sealing} is no longer held by this worker")
        note_feedback(sealing.study)
        draft = Study.objects.filter(pk=sealing.study_id, state=Study.State.DRAFT)
        draft.update(state=Study.State.SEALED, protocol=protocol, protocol_sha256=digest, sealed_at=timezone.now())
        record_event(verb="sealed a study", by=sealing.asked_by, target=sealing.study, protocol_sha256=digest)
