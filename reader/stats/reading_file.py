"""Readings of any study from a CSV file: one line for each image and reader."""

import csv
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reader.stats.readings import Readings
from reader.stats.verdicts import MISSING, VERDICTS, FloatArray

NEEDED = ("image", "reader", "verdict")
TRUTHS = {"fake": True, "synthetic": True, "generated": True, "real": False}


class ReadingFileError(ValueError):
    """A file that cannot be read as readings; says which line and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, checked by itself."""

    number: int
    image: str
    reader: str
    verdict: str
    occasion: int
    truth: bool | None
    confidence: float
    seconds: float
    position: float
    group: str


def readings_from(lines: Iterable[str], categories: Sequence[str] | None = None) -> Readings:
    """Parse a file.

    Parameters
    ----------
    lines : iterable of str
        Lines of a CSV with a header: `image`, `reader`, `verdict` (empty: missing), and perhaps `truth`, `confidence`,
        `group`, `time_s`, `position` and `occasion` (1, 2, ... where an image was shown more than once).
    categories : sequence of str, optional
        What readers could choose, in order; fake, unsure, real where nothing is declared.

    Returns
    -------
    Readings
        Images and readers in the order in which they first come.

    Raises
    ------
    ReadingFileError
        Names the line and what to change.
    """
    declared = tuple(categories or VERDICTS)
    if len(set(declared)) != len(declared):
        raise ReadingFileError("A category is declared twice. Name each once, in order.")
    known = {"": "", **{category.casefold(): category for category in declared}}
    rows = [line_of(number, fields, known) for number, fields in numbered(lines)]
    if not rows:
        raise ReadingFileError("The file holds no readings. Give one line for each image and reader.")
    images = {name: at for at, name in enumerate(dict.fromkeys(row.image for row in rows))}
    readers = {name: at for at, name in enumerate(dict.fromkeys(row.reader for row in rows))}
    refuse_doubles(rows)
    return assembled(rows, images, readers, declared)


def numbered(lines: Iterable[str]) -> Iterable[tuple[int, dict[str, str]]]:
    """Fields of each line by their lower-case names, with the line's number."""
    reader = csv.DictReader(lines)
    names = [str(name).strip().lstrip("\ufeff").lower() for name in reader.fieldnames or []]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise ReadingFileError(f"The file has no column {', '.join(missing)}. Name it in the first line.")
    reader.fieldnames = names
    try:
        for fields in reader:
            yield reader.line_num, {name: (value or "").strip() for name, value in fields.items() if name in names}
    except csv.Error as error:
        raise ReadingFileError(f"Line {reader.line_num} is no CSV ({error}). Save the file as CSV in UTF-8.") from error


def line_of(number: int, fields: dict[str, str], known: dict[str, str]) -> Line:
    """One line, checked; `known` are the categories by their names in lower case, and none for missing."""
    verdict = known.get(fields["verdict"].casefold())
    if verdict is None:
        declared = ", ".join(filter(None, known.values()))
        raise ReadingFileError(
            f"Line {number}: “{fields['verdict']}” is none of {declared}. Correct it, or declare all categories."
        )
    if not fields["image"] or not fields["reader"]:
        raise ReadingFileError(f"Line {number} names no image or no reader. Every line needs both.")
    return Line(
        number=number,
        image=sys.intern(fields["image"]),  # a file of millions of lines has each name once in memory
        reader=sys.intern(fields["reader"]),
        verdict=verdict,
        occasion=int(number_in(number, fields, "occasion", lambda value: value >= 1 and value == int(value), 1.0)),
        truth=truth_in(number, fields.get("truth", "")),
        confidence=number_in(number, fields, "confidence", lambda value: value >= 0),
        seconds=number_in(number, fields, "time_s", lambda value: value > 0),
        position=number_in(number, fields, "position", lambda value: value >= 1),
        group=fields.get("group", ""),
    )


def truth_in(number: int, said: str) -> bool | None:
    """Whether an image is fake, or None where nothing is said."""
    if said and said.casefold() not in TRUTHS:
        raise ReadingFileError(f"Line {number}: truth “{said}” is neither fake nor real.")
    return TRUTHS.get(said.casefold())


def number_in(
    number: int, fields: dict[str, str], name: str, fits: Callable[[float], bool], otherwise: float = math.nan
) -> float:
    """A number of one column, or `otherwise` where it is empty."""
    said = fields.get(name, "")
    if not said:
        return otherwise
    try:
        value = float(said)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not fits(value):
        raise ReadingFileError(f"Line {number}: {name} “{said}” is no number that fits. Correct it or leave it empty.")
    return value


def refuse_doubles(rows: list[Line]) -> None:
    """One line for each image, reader and occasion."""
    seen: dict[tuple[str, str, int], int] = {}
    for row in rows:
        first = seen.setdefault((row.image, row.reader, row.occasion), row.number)
        if first != row.number:
            raise ReadingFileError(
                f"Lines {first} and {row.number} both hold reader {row.reader} on image {row.image}. Remove one, or "
                "number the showings in a column named occasion."
            )


def assembled(
    rows: list[Line], images: dict[str, int], readers: dict[str, int], categories: tuple[str, ...]
) -> Readings:
    """The matrices of every analysis."""
    shape = (len(images), len(readers))
    code_of = {"": MISSING, **{category: code for code, category in enumerate(categories)}}
    showings = np.full((*shape, max(row.occasion for row in rows)), MISSING, dtype=np.int64)
    beside = {name: np.full(shape, np.nan) for name in ("confidence", "seconds", "position")}
    for row in rows:
        at = images[row.image], readers[row.reader]
        showings[(*at, row.occasion - 1)] = code_of[row.verdict]
        if row.occasion == 1:
            for name, matrix in beside.items():
                matrix[at] = getattr(row, name)
    groups, conditions = groups_of(rows, images, readers)
    return Readings(
        tuple(images), tuple(readers), categories, showings[..., 0], is_fake=truth_of(rows, images),
        confidence=unless_empty(beside["confidence"]), seconds=unless_empty(beside["seconds"]),
        positions=unless_empty(beside["position"]), repeats=showings if showings.shape[2] > 1 else None,
        groups=groups, conditions=conditions,
    )  # fmt: skip


def unless_empty(matrix: FloatArray) -> FloatArray | None:
    """A matrix, or None where nothing is in it."""
    return None if np.isnan(matrix).all() else matrix


def truth_of(rows: list[Line], images: dict[str, int]) -> NDArray[np.bool_] | None:
    """The truth of every image, None where none is given; an image has one truth."""
    said: dict[str, Line] = {}
    for row in rows:
        if row.truth is None:
            continue
        first = said.setdefault(row.image, row)
        if first.truth != row.truth:
            raise ReadingFileError(f"Lines {first.number} and {row.number} call image {row.image} fake and real.")
    if not said:
        return None
    without = [image for image in images if image not in said]
    if without:
        raise ReadingFileError(
            f"{len(without)} images have no truth, {without[0]} among them. Give it for all, or drop the column."
        )
    return np.array([said[image].truth for image in images], dtype=bool)


def groups_of(
    rows: list[Line], images: dict[str, int], readers: dict[str, int]
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """What `group` stands for: readers of a kind where each reader has one, else images of a kind."""
    for of_readers, names in ((True, readers), (False, images)):
        found: dict[str, set[str]] = {name: set() for name in names}
        for row in rows:
            found[row.reader if of_readers else row.image].add(row.group)
        if all(len(groups) == 1 for groups in found.values()):
            only = tuple(next(iter(groups)) for groups in found.values())
            if not any(only):
                return None, None
            return (only, None) if of_readers else (None, only)
    raise ReadingFileError("A group is neither one for each reader nor one for each image. Let each have a single one.")
