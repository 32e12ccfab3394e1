"""A study's tables as lines of CSV."""

from collections.abc import Iterator

from lungstudy.csv_lines import as_csv
from reader.exports.columns import TABLES
from reader.exports.tables import ROWS
from reader.models import Study


def table_csv(study: Study, table: str) -> Iterator[str]:
    """One table of the data dictionary."""
    return as_csv([column.name for column in TABLES[table]], ROWS[table](study))
