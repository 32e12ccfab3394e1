"""Tables of results: rows of statistics, or one row for each reader; a cell is an estimate, a count or a word."""

from collections.abc import Sequence
from dataclasses import dataclass

from reader.reports.results import Results
from reader.stats.estimate import Estimate
from reader.stats.rows import Row
from reader.stats.weights import Weights


@dataclass(frozen=True)
class P:
    """A p-value, to be printed as one."""

    value: float


Cell = Estimate | P | int | str


@dataclass(frozen=True)
class Column:
    """A column of numbers; `planned` is marked as what the protocol named."""

    title: str
    planned: bool = False


@dataclass(frozen=True)
class Table:
    """A titled table; a row's first cell names it. `folded` ones open on demand, `wide` ones lie below the figures."""

    title: str
    first: str
    columns: Sequence[Column]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    note: str = ""
    folded: bool = False
    wide: bool = False


MOST_OPEN = 13
"""Rows from which a wide table opens on demand: its figure has the numbers too."""


def statistics_table(
    title: str, first: str, rows: Sequence[tuple[str, Row]], note: str = "", folded: bool = False
) -> Table:
    """One line for each row of results; p only where there is a test."""
    tested = any(row.estimate.p == row.estimate.p for _, row in rows)
    columns = [
        Column("Estimate [95 % interval]"),
        *([Column("p")] if tested else []),
        Column("Images"),
        Column("Readers"),
    ]
    lines: list[tuple[str, Sequence[Cell]]] = [
        (label, [row.estimate, *([P(row.estimate.p)] if tested else []), row.n_images, row.n_readers])
        for label, row in rows
    ]
    return Table(title, first, columns, lines, note, folded)


def readers_table(
    results: Results,
    title: str,
    columns: dict[str, str],
    *,
    planned: str = "",
    last: Sequence[str] = (),
    note: str = "",
) -> Table:
    """One line for each reader, one column for each statistic that any of them has; `last` names more lines."""
    names = [
        name for name in columns if any((name, reader) in results.by_name_and_group for reader in results.data.readers)
    ]
    lines: list[tuple[str, Sequence[Cell]]] = []
    for group in (*results.data.readers, *last):
        cells: list[Cell] = [row.estimate if (row := results.row(name, group)) else "" for name in names]
        if any(cells):
            lines.append((group, cells))
    heads = [Column(columns[name], name == planned) for name in names]
    return Table(title, "Reader", heads, lines, note, folded=len(lines) > MOST_OPEN, wide=True)


def weighted(results: Results, names: Sequence[str], group: str) -> list[Row]:
    """The unweighted, then the ordinal form of each statistic of a group."""
    rows = {(row.name, row.weights): row for row in results.rows if row.group == group and row.name in names}
    return [
        rows[name, weights]
        for name in names
        for weights in (Weights.IDENTITY, Weights.ORDINAL)
        if (name, weights) in rows
    ]
