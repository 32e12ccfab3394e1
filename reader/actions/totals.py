"""What a protocol asks of a reader: trials, answers and about how long, from the pools as they are asked for."""

from collections.abc import Iterable
from dataclasses import dataclass

from reader.actions.grouping import SEVERAL
from reader.models import Pool, Study

SECONDS_PER_ANSWER = 12
"""Assumed, and said beside every figure that rests on it."""


@dataclass(frozen=True)
class Totals:
    """Numbers for one reader; of the largest block where the work is shared."""

    images: int
    trials: int
    practice: int
    trials_each: int
    answers_each_session: int
    sessions: int
    seconds_of_breaks: int

    @property
    def answers(self) -> int:
        """Over all sessions, with repeats and without practice."""
        return self.answers_each_session * self.sessions

    @property
    def minutes_each_session(self) -> int:
        """About how long one session takes, breaks included."""
        return round((self.answers_each_session * SECONDS_PER_ANSWER + self.seconds_of_breaks) / 60)


def totals_of(study: Study, pools: Iterable[Pool]) -> Totals:
    """What these pools would make, were all their images found."""
    pools = list(pools)
    own = [pool for pool in pools if not pool.practice]
    trials = trials_in(study, own)
    each = -(-trials // max(study.blocks, 1))
    answers = each + (min(study.repeats, each) if each else 0)
    return Totals(
        images=sum(pool.count for pool in own),
        trials=trials,
        practice=trials_in(study, [pool for pool in pools if pool.practice]),
        trials_each=each,
        answers_each_session=answers,
        sessions=study.sessions,
        seconds_of_breaks=breaks_among(answers, study.break_every) * study.break_seconds,
    )


def trials_in(study: Study, pools: list[Pool]) -> int:
    """One trial for each image, or for each that is to be found."""
    if study.design not in SEVERAL:
        return sum(pool.count for pool in pools)
    return sum(pool.count for pool in pools if (pool.origin == "real") == (study.target == "real"))


def breaks_among(answers: int, every: int | None) -> int:
    """How many forced breaks come between so many answers."""
    return (answers - 1) // every if every and answers else 0
