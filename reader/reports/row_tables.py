"""Rows of statistics grouped into the tables of a page: everybody, each reader, the primary test, pairs, and so on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reader.stats.readings import Readings
from reader.stats.rows import Row
from reader.stats.weights import Weights

MOST_PAIRS = 300
"""Pairs that a page shows; all are in the downloads."""

ORDER = ("learning_per_100", "pace_per_100", "median_seconds")
PAIRED = ("cohen_kappa", "scott_pi", "mcnemar")
OF_THE_MEAN = ("auc", "u_auc", "cochran_q", "pooled_accuracy_decided")


@dataclass(frozen=True)
class Section:
    """One table of rows under a title."""

    slug: str
    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Grid:
    """Readers or pairs down, statistics across; a cell is None where that one has no such row."""

    slug: str
    title: str
    of: str
    header: list[tuple[str, Weights]]
    lines: list[tuple[str, list[Row | None]]]
    n_left_out: int = 0


@dataclass(frozen=True)
class RowTables:
    """Everything that a page shows of a list of rows."""

    sections: list[Section]
    grids: list[Grid]
    warnings: list[tuple[str, list[str]]]


def row_tables(data: Readings, rows: Sequence[Row]) -> RowTables:
    """Group the rows; tables without rows are left out."""
    names = set(data.readers)
    of_reader = [row for row in rows if row.n_readers == 1 and row.group in names]
    pairs = [row for row in rows if row.name in PAIRED]
    alone = {id(row) for row in (*of_reader, *pairs)}
    others = [row for row in rows if id(row) not in alone]
    return RowTables(
        [section for section in sections_of(others) if section.rows],
        [grid for grid in grids_of(of_reader, pairs) if grid.lines],
        warnings_of(rows),
    )


def warnings_of(rows: Sequence[Row]) -> list[tuple[str, list[str]]]:
    """Each warning once, with the statistics that it stands beside."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.estimate.warning:
            found.setdefault(row.estimate.warning, {})[row.name] = None
    return [(warning, list(names)) for warning, names in found.items()]


def sections_of(rows: Iterable[Row]) -> list[Section]:
    """Rows that speak of several readers at once, in the order of a paper."""
    found: dict[str, list[Row]] = {"agreement": [], "primary": [], "fool": [], "order": []}
    for row in rows:
        found[place_of(row)].append(row)
    return [
        Section("agreement", "Do the readers agree?", found["agreement"]),
        Section("primary", "Can they tell? The mean of the readers", found["primary"]),
        Section("fool", "What fools whom?", found["fool"]),
        Section("order", "Order and fatigue: the mean of the readers", found["order"]),
    ]


def place_of(row: Row) -> str:
    """The section of a row."""
    if row.name.startswith("fool_") or row.name in ("bradley_terry", "realism"):
        return "fool"
    if row.name in ORDER:
        return "order"
    return "primary" if row.name.startswith("or_") or row.name in OF_THE_MEAN else "agreement"


def grids_of(of_reader: Sequence[Row], pairs: Sequence[Row]) -> list[Grid]:
    """Each reader's numbers, against themselves and along their order, and every pair's."""
    first = [row for row in of_reader if row.name not in ORDER and not row.name.startswith("intra_")]
    again = [row for row in of_reader if row.name.startswith("intra_")]
    along = [row for row in of_reader if row.name in ORDER]
    return [
        grid("readers", "Each reader", "Reader", first),
        grid("again", "Each reader against themselves", "Reader", again),
        grid("along", "Each reader along their own order", "Reader", along),
        grid("pairs", "Pairs of readers", "Pair", pairs, most=MOST_PAIRS),
    ]


def grid(slug: str, title: str, of: str, rows: Sequence[Row], most: int | None = None) -> Grid:
    """Rows of one kind, groups down and statistics across."""
    header = list(dict.fromkeys((row.name, row.weights) for row in rows))
    groups = list(dict.fromkeys(row.group for row in rows))
    shown = groups[:most]
    by_place = {(row.group, row.name, row.weights): row for row in rows}
    lines = [(group, [by_place.get((group, *column)) for column in header]) for group in shown]
    return Grid(slug, title, of, header, lines, len(groups) - len(shown))
