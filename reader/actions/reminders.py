"""Reminders: a text for a reader who has not finished, to copy or to mail; counts and dates, never a verdict."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.db import transaction
from django.utils import dateformat, timezone

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from reader.actions.errors import StudyError
from reader.actions.sessions import next_opens_at, told_to_the_minute
from reader.models import Assignment, Study


@dataclass(frozen=True)
class Reminder:
    """A text to send."""

    to: str
    subject: str
    body: str

    @property
    def mailto(self) -> str:
        """The address that opens it in a mail program."""
        return f"mailto:{quote(self.to)}?{urlencode({'subject': self.subject, 'body': self.body}, quote_via=quote)}"


def reminder_for(assignment: Assignment, address: str) -> Reminder:
    """What to write to this reader; `address` is where they go on.

    Raises
    ------
    StudyError
        Nobody needs reminding: the place is empty, the study takes no readings, all is read, or the next session has
        not opened.
    """
    reader, study = assignment.reader, assignment.study
    if reader is None:
        raise StudyError("Nobody has joined by this link yet. Make a new link and send that.")
    if study.state != Study.State.OPEN:
        raise StudyError("Only readers of an open study are reminded.")
    n_read, n_slots = Assignment.objects.with_progress().values_list("n_read", "n_slots").get(pk=assignment.pk)  # type: ignore[misc]
    if n_read >= n_slots:
        raise StudyError(f"{reader} has read all images already.")
    opens_at = next_opens_at(assignment)
    if opens_at is not None and timezone.now() < opens_at:
        when = dateformat.format(told_to_the_minute(opens_at), "j F Y, H:i")
        raise StudyError(f"{reader} has read this session; the next session opens on {when} UTC. Remind them then.")
    lines = [
        f"Dear {reader},",
        f"in the reader study “{study.title}” you have read {n_read} of {n_slots} images so far. "
        "You go on where you left off:",
        address,
        *until(study),
        "Thank you for reading.",
    ]
    return Reminder(reader.email, f"Reminder: {study.title}", "\n\n".join(lines))


def until(study: Study) -> list[str]:
    """The last planned day, where there is one."""
    return [f"Please finish by {dateformat.format(study.read_until, 'j F Y')}."] if study.read_until else []


@transaction.atomic
def note_reminder(*, assignment: Assignment, by: User) -> None:
    """Remember that this reader was reminded, and when."""
    Assignment.objects.filter(pk=assignment.pk).update(reminded_at=timezone.now())
    record_event(verb="reminded a reader", by=by, target=assignment.study, reader_number=assignment.number)
