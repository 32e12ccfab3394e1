"""Tables as CSV, line by line, without anything that a spreadsheet would run."""

import csv
import json
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Line:
    """What `csv.writer` writes to: it hands each line straight back."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def as_csv(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Lines of CSV, one at a time."""
    writer = csv.writer(Line())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([plain(value) for value in row])


def plain(value: Any) -> Any:
    """A cell: times in UTC, yes and no as 1 and 0, nothing for undefined, and no text a spreadsheet would run."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
