"""What a reader is told of their own reading: how many, how long, how often changed; never what, and no truth."""

from dataclasses import dataclass
from itertools import groupby
from statistics import median

from reader.models import Assignment, Reading


@dataclass(frozen=True)
class Summary:
    """One reader's own pace."""

    n_slots: int
    n_read: int
    n_changed: int
    """Slots in which the answer was changed at least once."""
    minutes: float
    """For which images were looked at."""
    median_seconds: float | None
    """To the first answer; None before there is one."""
    sessions_done: int
    sessions: int


def summary_of(assignment: Assignment) -> Summary:
    """From this reader's counted readings of the study, practice left out."""
    counted = Reading.objects.counted().filter(slot__assignment=assignment, slot__session__gt=0)
    rows = list(
        counted.order_by("slot", "sequence", "pk").values_list("slot", "seconds_open", "verdict", "choice", "rating")
    )
    by_slot = [list(said) for _, said in groupby(rows, key=lambda row: row[0])]
    own = assignment.slots.of_the_study()
    unfinished = own.unread().values("session").distinct().count()
    return Summary(
        n_slots=own.count(),
        n_read=len(by_slot),
        n_changed=sum(len({tuple(row[2:]) for row in said}) > 1 for said in by_slot),
        minutes=sum(row[1] for row in rows) / 60,
        median_seconds=median(said[0][1] for said in by_slot) if by_slot else None,
        sessions_done=assignment.study.sessions - unfinished,
        sessions=assignment.study.sessions,
    )
