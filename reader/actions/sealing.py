"""Seal a study: check, render every presentation through one pipeline, hash the protocol, and fix it all."""

import hashlib

import numpy as np
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from PIL import Image as Pillow

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobCancelledError, JobState, LeaseLostError
from lungstudy.library.actions.storing import StorageFullError, is_disk_full
from lungstudy.library.pixels.encoding import encode_constant_length_png
from lungstudy.library.pixels.presenting import present
from reader.actions.drafts import editable_draft
from reader.actions.errors import StudyError
from reader.actions.protocol import policy_of, protocol_of, protocol_sha256
from reader.actions.sealing_checks import AFTER_RENDERING, BEFORE_RENDERING, refusals
from reader.models import Case, Presentation, Sealing, Study


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
    except OSError as error:
        reason = str(StorageFullError()) if is_disk_full(error) else f"A file could not be read or written ({error})."
        sealing.release(state=JobState.FAILED, reason=reason)


def render_missing(sealing: Sealing) -> None:
    """Store the presentation of every case that has none yet."""
    missing = sealing.study.cases.filter(presentation=None).select_related("image", "study")
    done = sealing.total - missing.count()
    for case in missing:
        sealing.keep_lease(done=done)
        store_presentation(case)
        done += 1
    sealing.keep_lease(done=done)


def presented(case: Case) -> bytes:
    """The file that readers of this case get."""
    with case.image.file.open("rb") as stored, Pillow.open(stored) as opened:
        pixels = np.asarray(opened)
    grey = pixels if pixels.dtype == np.uint8 else pixels.astype(np.uint16)
    shown: bytes = encode_constant_length_png(present(grey, policy_of(case.study), case.marker_masks))
    return shown


def store_presentation(case: Case) -> Presentation:
    """Write the file, then its row; a file whose row fails is removed."""
    data = presented(case)
    presentation = Presentation(case=case, sha256=hashlib.sha256(data).hexdigest(), byte_length=len(data))
    presentation.file.save("presentation.png", ContentFile(data), save=False)
    try:
        presentation.save()
    except BaseException:
        presentation.file.delete(save=False)
        raise
    return presentation


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
        Study.objects.filter(pk=sealing.study_id, state=Study.State.DRAFT).update(
            state=Study.State.SEALED, protocol=protocol, protocol_sha256=digest, sealed_at=timezone.now()
        )
        record_event(verb="sealed a study", by=sealing.asked_by, target=sealing.study, protocol_sha256=digest)


def delete_presentations(study: Study) -> int:
    """Remove rendered files and their rows; how many there were."""
    presentations = list(Presentation.objects.filter(case__study=study))
    Presentation.objects.filter(case__study=study).delete()
    for presentation in presentations:
        transaction.on_commit(lambda file=presentation.file: file.storage.delete(file.name))  # type: ignore[misc]
    return len(presentations)
