"""File what a reader said in a slot: once per client key, appended, and kept apart where it cannot count."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from reader.actions.turns import my_turn
from reader.models import Assignment, Design, Reading, Revising, Slot, Study, Verdict, WhyApart

TAKES_READINGS = (Study.State.OPEN, Study.State.CLOSED, Study.State.UNBLINDED)


class ReadingError(Exception):
    """A reading that cannot be filed; the sentence says why and what to do."""


def record_reading(
    *, slot: Slot, client_key: uuid.UUID, sequence: int, answer: str, seconds_open: float, **beside: Any
) -> Reading:
    """Append one answer to the slot it was given in; the same client key files it once, however often it is sent.

    An answer that arrives after closing, after its session, or against the protocol's rule for revisions is stored
    apart (`counted` false, `why_apart` says why) and never counted.

    Raises
    ------
    ReadingError
        The study or the session has not begun, the answer is none of the study's, or the key belongs to another slot.
    """
    said = what_was_said(slot.assignment.study, answer)
    refuse_too_early(slot)
    try:
        with my_turn(), transaction.atomic():
            wait_for_answers_before(slot)
            why_apart = why_not_counted(slot, sequence)
            reading = Reading.objects.create(
                slot=slot, client_key=client_key, sequence=sequence, seconds_open=seconds_open, counted=not why_apart,
                why_apart=why_apart, **said, **beside,
            )  # fmt: skip
            note_start(slot.assignment)
    except IntegrityError:
        reading = Reading.objects.get(client_key=client_key)
        if reading.slot_id != slot.pk:
            raise ReadingError("This answer was filed under another image already. Reload the page.") from None
    return reading


def what_was_said(study: Study, answer: str) -> dict[str, Any]:
    """The column that an answer belongs in, by the study's design."""
    if answer not in study.verdicts:
        raise ReadingError(f"This study takes {', '.join(study.verdicts)}; choose one of them.")
    if answer in Verdict.values:
        return {"verdict": answer}
    return {"rating" if study.design == Design.RATING else "choice": int(answer)}


def refuse_too_early(slot: Slot) -> None:
    """Raise where the study is not open yet, or a later session has not begun."""
    if slot.assignment.study.state not in TAKES_READINGS:
        raise ReadingError("This study is not open yet. Come back when its researcher has opened it.")
    if slot.session > slot.assignment.session:
        raise ReadingError("This session has not begun. Open the study from your start page; it says when it does.")


def wait_for_answers_before(slot: Slot) -> None:
    """Where what counts depends on what was said before, one answer of a reader at a time is weighed and stored."""
    if slot.assignment.study.revising != Revising.ANY:
        Assignment.objects.select_for_update().only("pk").get(pk=slot.assignment_id)


def why_not_counted(slot: Slot, sequence: int) -> str:
    """Why a reading that arrives now is kept apart; empty where it counts."""
    if slot.assignment.study.state != Study.State.OPEN:
        return WhyApart.CLOSED
    if slot.session < slot.assignment.session and slot.session != 0:
        return WhyApart.SESSION_OVER
    return WhyApart.COUNTED if may_be_said(slot, sequence) else WhyApart.REVISION


def may_be_said(slot: Slot, sequence: int) -> bool:
    """Whether the protocol takes this answer, the first in its slot or a revision.

    What the answer just given was is asked of the reader's own sequence: answers may arrive late and in another order.
    """
    rule = slot.assignment.study.revising
    if rule == Revising.ANY or not slot.readings.counted().exists():
        return True
    if rule == Revising.NEVER:
        return False
    before = Reading.objects.counted().filter(
        slot__assignment=slot.assignment_id, slot__session=slot.session, sequence__lt=sequence
    )
    last: int | None = before.aggregate(last=Max("slot__position"))["last"]
    return last is None or slot.position >= last


def note_start(assignment: Assignment) -> None:
    """Remember when this reader began, once."""
    if assignment.started_at is None:
        Assignment.objects.filter(pk=assignment.pk, started_at=None).update(started_at=timezone.now())
