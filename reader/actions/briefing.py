"""What a reader does on the way in, written down once: consent, background, instructions, monitor check, practice."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from lungstudy.audit.actions import record_event
from reader.actions.sitting import LONGEST_AGENT
from reader.actions.way_in import PRACTICE_STEP, is_taken
from reader.models import Assignment, Background, Sitting


@transaction.atomic
def agree(*, assignment: Assignment) -> None:
    """Store that the reader accepted the consent text; agreeing twice changes nothing."""
    if not stamp(assignment, "consented_at"):
        return
    detail = {"reader_number": assignment.number, "protocol_sha256": assignment.study.protocol_sha256}
    record_event(verb="agreed to take part", by=assignment.reader, target=assignment.study, **detail)


def store_background(*, assignment: Assignment, **answers: Any) -> Background:
    """What the reader says about themselves; the last word stays."""
    background, _ = Background.objects.update_or_create(assignment=assignment, defaults=answers)
    return background


def note_briefed(*, assignment: Assignment) -> None:
    """The reader has read the instructions."""
    stamp(assignment, "briefed_at")


def store_monitor_check(*, assignment: Assignment, seen: dict[str, bool], user_agent: str, **screen: Any) -> Sitting:
    """What was seen of the pattern on which screen; a no is recorded and blocks nothing."""
    return Sitting.objects.create(
        assignment=assignment, session=assignment.session, monitor_check=seen, user_agent=user_agent[:LONGEST_AGENT],
        **screen,
    )  # fmt: skip


def pass_practice_over(*, assignment: Assignment) -> bool:
    """Go on without practice; refused where practice tells what was right, since all are to have learnt the same."""
    if assignment.study.practice_feedback:
        return False
    stamp(assignment, "practised_at")
    return True


def note_practised(*, assignment: Assignment) -> None:
    """Practice is over once all of it is answered."""
    if assignment.practised_at is None and is_taken(assignment, PRACTICE_STEP):
        stamp(assignment, "practised_at")


def stamp(assignment: Assignment, moment: str) -> bool:
    """Set a time that is set only once; whether this call did."""
    now = timezone.now()
    first = Assignment.objects.filter(pk=assignment.pk, **{moment: None}).update(**{moment: now})
    assignment.refresh_from_db(fields=[moment])
    return bool(first)
