"""File what a reader said in a slot: once per client key, appended, and kept apart after closing."""

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from reader.actions.turns import my_turn
from reader.models import Assignment, Reading, Slot, Study

TAKES_READINGS = (Study.State.OPEN, Study.State.CLOSED, Study.State.UNBLINDED)


class ReadingError(Exception):
    """A reading that cannot be filed; the sentence says why and what to do."""


def record_reading(*, slot: Slot, client_key: uuid.UUID, sequence: int, verdict: str, seconds_open: float) -> Reading:
    """Append one verdict to the slot it was given in; the same client key files it once, however often it is sent.

    A verdict that arrives after closing is stored apart (`counted` false) and never counted.

    Raises
    ------
    ReadingError
        The study has not opened, the verdict is none of its options, or the key belongs to another slot.
    """
    study = slot.assignment.study
    if study.state not in TAKES_READINGS:
        raise ReadingError("This study is not open yet. Come back when its researcher has opened it.")
    if verdict not in study.verdicts:
        raise ReadingError(f"This study takes {', '.join(study.verdicts)}; choose one of them.")
    fields = {
        "slot": slot,
        "sequence": sequence,
        "verdict": verdict,
        "seconds_open": seconds_open,
        "counted": study.state == Study.State.OPEN,
    }
    try:
        with my_turn(), transaction.atomic():
            reading = Reading.objects.create(client_key=client_key, **fields)
            note_start(slot.assignment)
    except IntegrityError:
        reading = Reading.objects.get(client_key=client_key)
        if reading.slot_id != slot.pk:
            raise ReadingError("This answer was filed under another image already. Reload the page.") from None
    return reading


def note_start(assignment: Assignment) -> None:
    """Remember when this reader began, once."""
    if assignment.started_at is None:
        Assignment.objects.filter(pk=assignment.pk, started_at=None).update(started_at=timezone.now())
