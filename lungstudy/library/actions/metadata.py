"""Read a metadata CSV: what is known about each picture, found again by the picture's path or name."""

import csv
import difflib
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from lungstudy.library.actions.path_names import PathNames, normal_path

LARGEST_CSV = 64 * 1024 * 1024
# Each column under the names that public collections give it; spaces, case and underscores do not matter.
COLUMNS = {
    "file": ("file", "filename", "file name", "file path", "path", "image", "image file", "image index", "image name"),
    "finding": ("finding", "findings", "finding labels", "label", "diagnosis"),
    "view": ("view", "view position", "projection"),
    "sex": ("sex", "gender", "patient sex", "patient gender"),
    "age": ("age", "patient age"),
    "patient_key": ("patient key", "patient", "patient id", "subject", "subject id"),
}
FACTS = tuple(name for name in COLUMNS if name != "file")


class MetadataError(Exception):
    """The CSV cannot be used; one sentence says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One line of the CSV: the file as it is written there, and what is known about it."""

    file: str
    facts: dict[str, str]


class Metadata:
    """The rows of one CSV, and which of them have met their file."""

    def __init__(self, rows: list[Row]) -> None:
        self.repeated = _repeated(rows)
        self._rows = PathNames((row.file, row) for row in rows)
        self._met: set[str] = set()

    def row_for(self, name: str) -> Row | None:
        """The row of a file: by its whole path, by a path that ends alike, or by a base name that only one row has."""
        row = self._rows.find(name)
        if row is not None:
            self._met.add(normal_path(row.file))
        return row

    def rows_without_file(self) -> list[str]:
        """Files that the CSV names and nobody asked for, in the CSV's order."""
        return [row.file for path, row in self._rows.items() if path not in self._met]


def read_metadata(path: Path) -> Metadata:
    """Read and check a CSV with a header; commas, semicolons and tabs are all taken.

    Raises
    ------
    MetadataError
        If the file is no such CSV; the sentence names the columns that were found.
    """
    reader = csv_reader(path)
    try:
        found = [name or "" for name in reader.fieldnames or []]
        wanted = _columns(found)
        rows = [_row(line, wanted) for line in reader]
    except csv.Error as error:
        raise MetadataError(f"The metadata CSV cannot be read ({error}). Save it again as CSV in UTF-8.") from error
    return Metadata([row for row in rows if row.file])


def csv_reader(path: Path) -> "csv.DictReader[str]":
    """The lines of a CSV with a header, whichever of the three separators it has."""
    text = _text(path)
    header = text.split("\n", 1)[0]
    return csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_CSV:
            raise MetadataError("The metadata CSV is larger than 64 MB. Leave out the columns that are not needed.")
        data = path.read_bytes()
    except OSError as error:
        raise MetadataError(f"The metadata CSV cannot be read ({error.strerror}). Check its path.") from error
    if b"\x00" in data:
        raise MetadataError("The metadata file is no CSV in UTF-8. Save the table as CSV (UTF-8), not as a workbook.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _columns(found: list[str]) -> dict[str, str]:
    """Which header holds which fact."""
    by_plain = {plain_header(name): name for name in reversed(found)}
    matches = {ours: [by_plain[name] for name in names if name in by_plain] for ours, names in COLUMNS.items()}
    wanted = {ours: names[0] for ours, names in matches.items() if names}
    missing = [ours for ours in COLUMNS if ours not in wanted]
    listed = ", ".join(found) or "none"
    if "file" in missing:
        raise MetadataError(f"The metadata CSV has no column “file”. Found: {listed}. Name the column of files “file”.")
    if misspelt := _misspelt(missing, [name for name in found if name not in wanted.values()]):
        theirs, ours = misspelt
        raise MetadataError(f"The metadata CSV has a column “{theirs}”; rename it to “{ours}”. Found: {listed}.")
    if len(wanted) == 1:
        facts = ", ".join(FACTS)
        raise MetadataError(f"The metadata CSV says nothing but file names. Found: {listed}. Known columns: {facts}.")
    return wanted


def _misspelt(missing: list[str], unused: list[str]) -> tuple[str, str] | None:
    """A header that is nearly one that is missing."""
    plain = {plain_header(name): name for name in unused}
    for ours in (name for name in missing if len(name) > 3):
        near = difflib.get_close_matches(plain_header(ours), plain, n=1, cutoff=0.84)
        if near:
            return plain[near[0]], ours
    return None


def _row(line: dict[str, str], wanted: dict[str, str]) -> Row:
    values = {ours: (line.get(theirs) or "").strip() for ours, theirs in wanted.items()}
    return Row(file=values["file"], facts={name: values.get(name, "") for name in FACTS})


def _repeated(rows: list[Row]) -> list[str]:
    """Files that have more than one row; the first one counts."""
    times = Counter(normal_path(row.file) for row in rows)
    return [path for path, n in times.items() if n > 1]


def plain_header(header: str) -> str:
    return re.sub(r"[\s_\-]+", " ", header).strip().lower()
