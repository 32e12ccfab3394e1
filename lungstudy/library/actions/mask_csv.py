"""Read the CSV of an import of masks: which mask belongs to which image, and by which definition it was drawn."""

import csv
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from lungstudy.library.actions.metadata import MetadataError, csv_reader, plain_header
from lungstudy.library.models import Definition

# Each column under the names that public collections give it; spaces, case and underscores do not matter.
COLUMNS = {
    "image": ("image", "file", "filename", "file name", "image file", "image name", "image index", "path"),
    "mask": ("mask", "mask file", "mask name", "mask path", "segmentation"),
    "definition": ("definition", "mask definition"),
}


class Only(NamedTuple):
    """Take the rows whose column matches; `*` and `?` stand for what they stand for in names of files."""

    column: str
    pattern: str


@dataclass(frozen=True)
class MaskRow:
    """One line of the CSV: an image, its mask, and the definition as it is written there, if it is."""

    image: str
    mask: str
    definition: str


def read_mask_csv(path: Path, only: Only | None) -> list[MaskRow]:
    """The rows that name a mask, narrowed to those asked for.

    Raises
    ------
    MetadataError
        If the file is no such CSV, has no such column, or no row is left.
    """
    reader = csv_reader(path)
    try:
        found = [name or "" for name in reader.fieldnames or []]
        columns = {ours: _named(found, names) for ours, names in COLUMNS.items()}
        _require(found, columns, only)
        lines = [line for line in reader if not only or fnmatchcase(line.get(only.column) or "", only.pattern)]
    except csv.Error as error:
        raise MetadataError(f"The CSV of masks cannot be read ({error}). Save it again as CSV in UTF-8.") from error
    rows = [_row(line, columns) for line in lines]
    rows = [row for row in rows if row.image and row.mask]
    if not rows:
        asked = f" where {only.column} is “{only.pattern}”" if only else ""
        raise MetadataError(f"No row of the CSV{asked} names a mask. Check its columns: {', '.join(found)}.")
    return rows


def definition_of(words: str) -> Definition | None:
    """The definition that words such as “heart inside” or heart_inside name; None for any others."""
    value = re.sub(r"[\s\-]+", "_", words.strip().lower())
    return Definition(value) if value in Definition.values else None


def _named(found: list[str], names: tuple[str, ...]) -> str:
    """The header that is one of these names, the earlier name first; empty where there is none."""
    by_plain = {plain_header(name): name for name in reversed(found)}
    return next((by_plain[name] for name in names if name in by_plain), "")


def _require(found: list[str], columns: dict[str, str], only: Only | None) -> None:
    listed = ", ".join(found) or "none"
    for ours in ("image", "mask"):
        if not columns[ours]:
            raise MetadataError(
                f"The CSV of masks has no column “{ours}”. Found: {listed}. Name the columns image, mask."
            )
    if only and only.column not in found:
        raise MetadataError(f"The CSV of masks has no column “{only.column}” to choose by. Found: {listed}.")


def _row(line: dict[str, str], columns: dict[str, str]) -> MaskRow:
    cells = {ours: (line.get(theirs) or "").strip() if theirs else "" for ours, theirs in columns.items()}
    return MaskRow(**cells)
