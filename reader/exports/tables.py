"""CSV exports of an unblinded study; every row carries the protocol's hash."""

import csv
import json
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from reader.models import Study
from reader.reports.results import results_of
from reader.reports.truth import READING_COLUMNS, every_reading

AGREEMENT_COLUMNS = (
    "protocol_sha256", "name", "weights", "group", "estimate", "se", "low", "high", "p", "df", "n_images", "n_readers",
    "population", "reason", "warning",
)  # fmt: skip
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


def readings_csv(study: Study) -> Iterator[str]:
    """Every version of every answer; `current` is 1 on the one that counts in each slot."""
    rows = ((study.protocol_sha256, *row) for row in every_reading(study))
    return as_csv(["protocol_sha256", *READING_COLUMNS], rows)


def agreement_csv(study: Study) -> Iterator[str]:
    """Every statistic with its interval, p-value, numbers, population and reason."""
    rows = ((study.protocol_sha256, *row.as_json().values()) for row in results_of(study).rows)
    return as_csv(AGREEMENT_COLUMNS, rows)
