"""A reader's studies, and what is next in each; counts and dates, never an answer."""

from dataclasses import dataclass
from datetime import datetime

from lungstudy.accounts.models import User
from reader.actions.sessions import SessionState, next_opens_at, running_session, told_to_the_minute
from reader.actions.way_in import DONE, NOT_OPEN, WAIT, next_step
from reader.models import Assignment, Study

LAST = (WAIT, DONE, NOT_OPEN)
"""What stands below the studies that can be read now, in this order."""


@dataclass(frozen=True)
class Place:
    """One study on a reader's start page."""

    assignment: Assignment
    step: str
    running: SessionState
    opens_at: datetime | None
    """When the session after the running one opens or has opened."""

    @property
    def is_due(self) -> bool:
        """Whether a next session waits to be begun."""
        return self.opens_at is not None and self.step not in LAST

    @property
    def session(self) -> int:
        """The session that is read or waited for."""
        return self.assignment.session + (self.opens_at is not None)

    @property
    def n_read(self) -> int:
        """Answered in the session that is read now."""
        return 0 if self.is_due else self.running.n_read

    @property
    def button(self) -> str:
        """What opening the study does now."""
        if self.n_read:
            return f"Go on: {self.n_read} of {self.running.n_slots}"
        return "Start reading" if self.session == 1 else f"Start session {self.session}"

    @property
    def has_closed(self) -> bool:
        """Whether its time is over, rather than still to come."""
        return self.assignment.study.state in (Study.State.CLOSED, Study.State.UNBLINDED)


def reading_list(user: User) -> list[Place]:
    """This reader's studies: those that can be read, that open later, that are done, and the rest."""
    assignments = Assignment.objects.of_reader(user).select_related("study").order_by("pk")
    places = [place_of(assignment) for assignment in assignments]
    return sorted(places, key=lambda place: LAST.index(place.step) + 1 if place.step in LAST else 0)


def place_of(assignment: Assignment) -> Place:
    """One study, and how far its reader has come."""
    opens_at = next_opens_at(assignment)
    return Place(
        assignment, next_step(assignment), running_session(assignment), opens_at and told_to_the_minute(opens_at)
    )
