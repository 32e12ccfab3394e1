"""The way into a study: what a reader meets next, from consent to the last image."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from reader.actions.sessions import next_opens_at, running_session
from reader.models import PRACTICE, Assignment, Background, Sitting, Study
from reader.models.slot import Slot, SlotQuerySet

NOT_OPEN, WAIT, READ, DONE = "not_open", "wait", "read", "done"
CONSENT, BACKGROUND, INSTRUCTIONS, MONITOR, PRACTICE_STEP = STEPS = (
    "consent", "background", "instructions", "monitor", "practice",
)  # fmt: skip


def next_step(assignment: Assignment, *, screen: UUID | None = None, now: datetime | None = None) -> str:
    """What comes next for this reader: one of `STEPS`, or `not_open`, `wait`, `read`, `done`.

    `screen` is the key of the monitor check that this browser remembers; without it the check is asked for.
    """
    if assignment.study.state != Study.State.OPEN:
        return NOT_OPEN
    standing = standing_of(assignment, now=now)
    if standing != READ:
        return standing
    return next((step for step in steps_of(assignment) if not is_taken(assignment, step, screen)), READ)


def standing_of(assignment: Assignment, *, now: datetime | None = None) -> str:
    """Whether there is something to read now, later, or no more; a session that is due counts as now."""
    if not running_session(assignment).complete:
        return READ
    opens_at = next_opens_at(assignment)
    if opens_at is None:
        return DONE
    return READ if (now or timezone.now()) >= opens_at else WAIT


def steps_of(assignment: Assignment) -> list[str]:
    """The steps before reading that this reader is asked for, in their order."""
    return steps_asked(assignment.study, practice=practice_slots(assignment).exists())


def steps_asked(study: Study, *, practice: bool) -> list[str]:
    """The steps of a study, in their order; `practice` says whether it has any."""
    asked = {
        CONSENT: bool(study.consent.strip()),
        BACKGROUND: study.ask_background,
        INSTRUCTIONS: bool(study.instructions.strip()),
        MONITOR: study.monitor_check,
        PRACTICE_STEP: practice,
    }
    return [step for step in STEPS if asked[step]]


def is_taken(assignment: Assignment, step: str, screen: UUID | None = None) -> bool:
    """Whether this reader has this step behind them."""
    if step == CONSENT:
        return assignment.consented_at is not None
    if step == BACKGROUND:
        return Background.objects.filter(assignment=assignment).exists()
    if step == INSTRUCTIONS:
        return assignment.briefed_at is not None
    if step == MONITOR:
        checks = Sitting.objects.filter(assignment=assignment, session=assignment.session).exclude(monitor_check={})
        return screen is not None and checks.filter(key=screen).exists()
    return assignment.practised_at is not None or not practice_slots(assignment).unread().exists()


def practice_slots(assignment: Assignment) -> SlotQuerySet:
    """This reader's practice, in whatever order."""
    return Slot.objects.filter(assignment=assignment, session=PRACTICE)
