"""What readers answered, noted in matrices: a row for each trial, a column for each reader, no truth among them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import TextField
from django.db.models.functions import Cast

from reader.models import Design, Reading, Study
from reader.stats.verdicts import MISSING, FloatArray, IntArray

OF_ANSWER = (
    "slot__trial_id", "slot__assignment__number", "slot__session", "slot__occasion", "slot__position", "confidence",
    "seconds_open",
)  # fmt: skip
SAID_BY = {Design.SINGLE: ("verdict",), Design.RATING: ("rating",)}
SAID_AMONG_SEVERAL = ("verdict", "choice", "arranged")
"""What a design's answers are made of; a choice means what stood at its place on the screen."""
OCCASIONS = 2
"""Showings of a trial in one session: the first and perhaps a hidden repeat."""
AT_ONCE = 1000
"""Answers that are turned into columns together: few enough to be gone before the memory is searched for leftovers."""
BESIDE = ("positions", "confidence", "seconds")

Answer = tuple[Any, ...]


def answers_in_order(study: Study) -> Iterator[list[Answer]]:
    """Counted answers as `OF_ANSWER` and what was said, those of a slot in the order they were meant in, some at once.

    Slots come in the order of an index, so that nothing is sorted but the answers within each.
    """
    of_study = Reading.objects.counted().filter(slot__assignment__study=study, slot__session__gt=0)
    # As text: a hundred thousand arrangements take longer to parse than to fetch.
    of_study = of_study.annotate(arranged=Cast("slot__arrangement", TextField()))
    in_slots = ("slot__assignment__number", "slot__session", "slot__position", "sequence", "pk")
    said_by = SAID_BY.get(Design(study.design), SAID_AMONG_SEVERAL)
    answers = of_study.order_by(*in_slots).values_list(*OF_ANSWER, *said_by).iterator(chunk_size=AT_ONCE)
    while some := list(islice(answers, AT_ONCE)):
        yield some


class Said:
    """The matrices that answers are noted in: a reader's own lie together, as answers arrive reader by reader."""

    def __init__(self, study: Study, rows: Mapping[int, int], columns: Mapping[int, int], said: Iterable[str]) -> None:
        """`rows` by trial, `columns` by reader's number, and what could be said, in the order of the codes."""
        self.rows, self.columns, self.code_of = rows, columns, {category: at for at, category in enumerate(said)}
        showings = study.sessions * OCCASIONS
        self.noted = np.full((len(columns), showings, len(rows)), MISSING, dtype=np.int64)
        self.beside = {name: np.full((len(columns), len(rows)), np.nan) for name in BESIDE}

    def note(self, answers: list[Answer]) -> None:
        """Put answers where they belong; of several to one slot the last stays."""
        columns = list(zip(*answers, strict=True))
        trials, readers, sessions, occasions, positions, confidence, seconds = columns[: len(OF_ANSWER)]
        rows = np.array([self.rows[trial] for trial in trials])
        at = np.array([self.columns[reader] for reader in readers])
        showings = (np.array(sessions) - 1) * OCCASIONS + np.array(occasions) - 1
        self.noted[at, showings, rows] = [self.code_of[one] for one in labels(columns[len(OF_ANSWER) :])]
        first = showings == 0
        for name, values in zip(BESIDE, (positions, confidence, seconds), strict=True):
            self.beside[name][at[first], rows[first]] = np.array(values, dtype=float)[first]

    @property
    def codes(self) -> IntArray:
        """What was said at each showing, shape (n_rows, n_readers, n_showings)."""
        return np.ascontiguousarray(self.noted.transpose(2, 0, 1))

    def at_first(self, name: str) -> FloatArray:
        """What was noted beside the first showing, shape (n_rows, n_readers)."""
        return np.ascontiguousarray(self.beside[name].T)

    def unless_empty(self, name: str) -> FloatArray | None:
        """The same, or None where nothing was noted."""
        return None if np.isnan(self.beside[name]).all() else self.at_first(name)


def labels(said: list[tuple[Any, ...]]) -> Iterator[str]:
    """What each answer means, from the columns that its design says it by."""
    if len(said) == 1:
        return map(str, said[0])
    return (verdict or str(json.loads(arranged)[choice - 1]) for verdict, choice, arranged in zip(*said, strict=True))
