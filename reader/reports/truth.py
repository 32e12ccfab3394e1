"""The one place that joins truth to readings, and only for unblinded studies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import BooleanField, ExpressionWrapper, Q
from numpy.typing import NDArray

from lungstudy.library.models import Origin
from reader.models import Assignment, Reading, Study
from reader.stats.verdicts import MISSING, VERDICTS, IntArray

# Columns of an export: of the reading, then of the case that was judged or chosen (none where no place was).
OF_READING = {
    "reader": "slot__assignment__number",
    "session": "slot__session",
    "position": "slot__position",
    "occasion": "slot__occasion",
    "trial": "slot__trial__number",
    "verdict": "verdict",
    "choice": "choice",
    "rating": "rating",
    "confidence": "confidence",
    "comment": "comment",
    "marks": "marks",
    "seconds_open": "seconds_open",
    "viewing": "viewing",
    "sequence": "sequence",
    "received_at_utc": "received_at",
    "counted": "counted",
    "why_apart": "why_apart",
    "current": "current",
}
OF_CASE = {
    "case": "number",
    "truth": "image__dataset__origin",
    "dataset": "image__dataset__name",
    "finding": "image__finding",
    "generator": "image__provenance__generator",
    "prompt": "image__provenance__prompt",
    "steps": "image__provenance__steps",
    "guidance": "image__provenance__guidance",
    "seed": "image__provenance__seed",
}
READING_COLUMNS = (*OF_READING, *OF_CASE)


class StillBlindError(Exception):
    """Somebody asked for truth before the study was unblinded."""


@dataclass(frozen=True)
class ReadStudy:
    """Verdicts beside truth.

    Attributes
    ----------
    case_numbers : list of int, length n_cases
    reader_numbers : list of int, length n_readers
        Only readers who have joined.
    is_fake : ndarray of bool, shape (n_cases,)
    codes : ndarray of int, shape (n_cases, n_readers)
        Codes of `VERDICTS`, or `MISSING` where a reader gave no counted verdict.
    """

    case_numbers: list[int]
    reader_numbers: list[int]
    is_fake: NDArray[np.bool_]
    codes: IntArray


def refuse_while_blind(study: Study) -> None:
    """Raise unless the study's unblinding is on record."""
    if study.state != Study.State.UNBLINDED:
        raise StillBlindError("This study is still blind. Close it, then unblind it, and its results appear here.")


def read_study(study: Study) -> ReadStudy:
    """The last counted verdict of every reader on every case at its first showing, and what was true.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    of_study = study.cases.filter(trial__practice=False)
    cases = list(of_study.order_by("number").values_list("number", "image__dataset__origin"))
    joined = Assignment.objects.filter(study=study, reader__isnull=False).order_by("number")
    readers = list(joined.values_list("number", flat=True))
    row_of = {number: row for row, (number, _) in enumerate(cases)}
    column_of = {number: column for column, number in enumerate(readers)}
    codes = np.full((len(cases), len(readers)), MISSING, dtype=np.int64)
    said = Reading.objects.latest_per_slot().filter(slot__assignment__study=study).exclude(verdict="")
    first = said.filter(slot__session=1, slot__occasion=1)
    columns = ("slot__trial__cases__number", "slot__assignment__number", "verdict")
    for case, reader, verdict in first.values_list(*columns):
        codes[row_of[case], column_of[reader]] = VERDICTS.index(verdict)
    is_fake = np.array([origin == Origin.SYNTHETIC for _, origin in cases], dtype=bool)
    return ReadStudy([number for number, _ in cases], readers, is_fake, codes)


def every_reading(study: Study) -> Iterator[tuple[Any, ...]]:
    """Every version of every answer as `READING_COLUMNS`, row by row, in memory that grows with the cases alone.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    facts = {
        (trial, place): row
        for trial, place, *row in study.cases.values_list("trial__number", "place", *OF_CASE.values())
    }
    of_study = Reading.objects.filter(slot__assignment__study=study)
    current = Reading.objects.latest_per_slot().filter(slot__assignment__study=study).values("pk")
    rows = of_study.annotate(current=ExpressionWrapper(Q(pk__in=current), output_field=BooleanField()))
    ordered = rows.order_by("slot__assignment__number", "slot__session", "slot__position", "sequence", "pk")
    columns = ("slot__trial__number", "slot__arrangement", "choice", *OF_READING.values())
    for trial, arrangement, choice, *reading in ordered.values_list(*columns).iterator(chunk_size=2000):
        place = judged_place(arrangement, choice)
        yield (*reading, *(facts[trial, place] if place else [None] * len(OF_CASE)))


def judged_place(arrangement: list[int], choice: int | None) -> int | None:
    """Which case of its trial a reading speaks of: the only one, or the one chosen; none where unsure among several."""
    if choice is not None:
        return arrangement[choice - 1]
    return arrangement[0] if len(arrangement) == 1 else None
