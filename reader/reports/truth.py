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

# Column of an export -> where it comes from. Provenance is empty for real images.
READING_COLUMNS = {
    "reader": "slot__assignment__number",
    "position": "slot__position",
    "case": "slot__case__number",
    "verdict": "verdict",
    "seconds_open": "seconds_open",
    "sequence": "sequence",
    "received_at_utc": "received_at",
    "counted": "counted",
    "current": "current",
    "truth": "slot__case__image__dataset__origin",
    "dataset": "slot__case__image__dataset__name",
    "finding": "slot__case__image__finding",
    "generator": "slot__case__image__provenance__generator",
    "prompt": "slot__case__image__provenance__prompt",
    "steps": "slot__case__image__provenance__steps",
    "guidance": "slot__case__image__provenance__guidance",
    "seed": "slot__case__image__provenance__seed",
}


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
    """The last counted verdict of every reader on every case, and what was true.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    cases = list(study.cases.order_by("number").values_list("number", "image__dataset__origin"))
    joined = Assignment.objects.filter(study=study, reader__isnull=False).order_by("number")
    readers = list(joined.values_list("number", flat=True))
    row_of = {number: row for row, (number, _) in enumerate(cases)}
    column_of = {number: column for column, number in enumerate(readers)}
    codes = np.full((len(cases), len(readers)), MISSING, dtype=np.int64)
    said = Reading.objects.latest_per_slot().filter(slot__assignment__study=study)
    for case, reader, verdict in said.values_list("slot__case__number", "slot__assignment__number", "verdict"):
        codes[row_of[case], column_of[reader]] = VERDICTS.index(verdict)
    is_fake = np.array([origin == Origin.SYNTHETIC for _, origin in cases], dtype=bool)
    return ReadStudy([number for number, _ in cases], readers, is_fake, codes)


def every_reading(study: Study) -> Iterator[tuple[Any, ...]]:
    """Every version of every answer as `READING_COLUMNS`, row by row, in constant memory.

    Raises
    ------
    StillBlindError
        The study has not been unblinded.
    """
    refuse_while_blind(study)
    of_study = Reading.objects.filter(slot__assignment__study=study)
    current = Reading.objects.latest_per_slot().filter(slot__assignment__study=study).values("pk")
    rows = of_study.annotate(current=ExpressionWrapper(Q(pk__in=current), output_field=BooleanField()))
    ordered = rows.order_by("slot__assignment__number", "slot__position", "sequence", "pk")
    return ordered.values_list(*READING_COLUMNS.values()).iterator(chunk_size=2000)
