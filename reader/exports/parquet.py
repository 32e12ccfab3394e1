"""Tables as Parquet, in typed columns, some thousand rows at a time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from reader.exports.columns import NUMBER, TABLES, TIME, WHOLE, YES_NO, Column
from reader.exports.tables import ROWS, Row
from reader.models import Study

ROWS_AT_ONCE = 20_000
TYPES = {NUMBER: "float64", WHOLE: "int64", YES_NO: "bool"}
TYPED = {*TYPES, TIME}


def write_parquet(study: Study, table: str, path: Path) -> None:
    """One table of the data dictionary; the meaning of each column is in its metadata."""
    # Only where a file is written: importing them costs a web process 40 MB.
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = TABLES[table]
    kinds = {TIME: pa.timestamp("ms", tz="UTC"), **{kind: pa.type_for_alias(name) for kind, name in TYPES.items()}}
    fields = [
        pa.field(one.name, kinds.get(one.kind, pa.string()), metadata={"meaning": one.meaning}) for one in columns
    ]
    schema = pa.schema(fields)
    rows = ROWS[table](study)
    with pq.ParquetWriter(path, schema) as writer:
        for some in batches(rows):
            arrays = [
                pa.array([typed(row[at], one) for row in some], schema.field(at).type) for at, one in enumerate(columns)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Lists of rows."""
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield some


def typed(value: Any, column: Column) -> Any:
    """A value of the column's type; JSON for lists, nothing for what is empty."""
    if value is None or value == "":
        return None
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value if column.kind in TYPED else str(value)
