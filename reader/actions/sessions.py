"""Sessions: when one is over, when the next opens, and the step from one to the other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from lungstudy.audit.actions import record_event
from reader.models import Assignment, Study


@dataclass(frozen=True)
class SessionState:
    """How far the running session has come."""

    n_slots: int
    n_read: int
    last_first_answer: datetime | None
    """When the last of its slots got its first counted answer; a revision moves nothing."""

    @property
    def complete(self) -> bool:
        """Whether every slot has a counted answer."""
        return self.n_read == self.n_slots


def running_session(assignment: Assignment) -> SessionState:
    """Counts and times of the session that runs."""
    slots = assignment.slots.filter(session=assignment.session)
    answered = slots.annotate(first=Min("readings__received_at", filter=Q(readings__counted=True)))
    found = answered.aggregate(n_slots=Count("pk"), n_read=Count("first"), last=Max("first"))
    return SessionState(found["n_slots"], found["n_read"], found["last"])


def next_opens_at(assignment: Assignment) -> datetime | None:
    """When the next session opens, to the second; None while the running one is unfinished, and after the last.

    A day of washout is 24 hours wherever the reader is, so that no clock change shortens it.
    """
    if assignment.session >= assignment.study.sessions:
        return None
    state = running_session(assignment)
    if not state.complete or state.last_first_answer is None:
        return None
    return state.last_first_answer + timedelta(days=assignment.study.washout_days)


def told_to_the_minute(moment: datetime) -> datetime:
    """A time that is shown without its seconds: rounded up, so that nobody who comes at that minute is too early."""
    return moment + timedelta(microseconds=-(moment.second * 1_000_000 + moment.microsecond) % 60_000_000)


@transaction.atomic
def begin_next_session(assignment: Assignment, *, now: datetime | None = None) -> bool:
    """Move on to the next session where its washout is over; of two devices at once, one does it and both see it."""
    now = now or timezone.now()
    opens_at = next_opens_at(assignment)
    if opens_at is None or now < opens_at:
        return False
    # The session is asked of the row itself and not through a join: Postgres asks again after it waited for another
    # device's update, but not inside of a subquery.
    still_open = Study.objects.filter(state=Study.State.OPEN).values("pk")
    running = Assignment.objects.filter(pk=assignment.pk, session=assignment.session, study__in=still_open)
    moved = running.update(session=F("session") + 1, session_began_at=now)
    assignment.refresh_from_db(fields=["session", "session_began_at"])
    if moved:
        detail = {"reader_number": assignment.number, "session": assignment.session}
        record_event(verb="began a session", by=assignment.reader, target=assignment.study, **detail)
    return bool(moved)
