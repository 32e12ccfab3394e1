"""Open, close, unblind and delete: steps that go one way, each on record."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from reader.actions.errors import StudyError
from reader.actions.joining import withdraw_links
from reader.actions.presentations import delete_presentations
from reader.models import Reading, Study

State = Study.State


def _step(study: Study, start: State, end: State, stamp: str, refusal: str) -> None:
    """Move on by one conditional UPDATE, so that two clicks do it once."""
    moved = Study.objects.filter(pk=study.pk, state=start).update(state=end, **{stamp: timezone.now()})
    if not moved:
        raise StudyError(refusal)


@transaction.atomic
def open_study(*, study: Study, by: User | None) -> None:
    """Let readers read; the version that this one amends is closed, if it is open."""
    refuse_an_older_version(study)
    _step(study, State.SEALED, State.OPEN, "opened_at", "Only a sealed study can be opened. Seal it first.")
    record_event(verb="opened a study", by=by, target=study)
    if study.amends is not None and study.amends.state == State.OPEN:
        close_study(study=study.amends, by=by)


def refuse_an_older_version(study: Study) -> None:
    """Raise where a later version has been opened already."""
    later = Study.objects.filter(amends=study, opened_at__isnull=False).first()
    if later is not None:
        raise StudyError(f"Version {later.version} of this study has been opened, so this one stays closed.")


@transaction.atomic
def close_study(*, study: Study, by: User | None) -> None:
    """Take no more readings that count."""
    _step(study, State.OPEN, State.CLOSED, "closed_at", "Only an open study can be closed.")
    record_event(verb="closed a study", by=by, target=study, links_withdrawn=withdraw_links(study))


@transaction.atomic
def unblind_study(*, study: Study, by: User | None) -> None:
    """Let truth be joined to readings from now on."""
    _step(study, State.CLOSED, State.UNBLINDED, "unblinded_at", "Only a closed study can be unblinded. Close it first.")
    record_event(verb="unblinded a study", by=by, target=study)


@transaction.atomic
def delete_study(*, study: Study, by: User | None, why: str) -> None:
    """Remove a study with its readings and rendered files; images stay in the library."""
    locked = Study.objects.select_for_update().filter(pk=study.pk).first()
    if locked is None:
        raise StudyError("This study is deleted already.")
    if locked.sealings.unfinished().exists():
        raise StudyError("This study is being sealed. Stop the sealing, or wait for it to end, then delete the study.")
    counts = {
        "cases": locked.cases.count(),
        "readers": locked.assignments.filter(reader__isnull=False).count(),
        "readings": Reading.objects.filter(slot__assignment__study=locked).count(),
        "files": delete_presentations(locked),
        "links_withdrawn": withdraw_links(locked),
    }
    record_event(verb="deleted a study", by=by, target=locked, why=why, **counts)
    locked.delete()


def delete_past_retention() -> int:
    """Delete every study whose time after closing is over; how many there were."""
    kept_for_a_time = Study.objects.filter(closed_at__isnull=False, keep_days_after_closing__isnull=False)
    now = timezone.now()
    over = [study for study in kept_for_a_time if is_over(study, now)]
    for study in over:
        delete_study(study=study, by=None, why=f"kept {study.keep_days_after_closing} days after closing")
    return len(over)


def is_over(study: Study, now: datetime) -> bool:
    """Whether a study was closed longer ago than it is to be kept."""
    if study.closed_at is None or study.keep_days_after_closing is None:
        return False
    return study.closed_at + timedelta(days=study.keep_days_after_closing) < now
