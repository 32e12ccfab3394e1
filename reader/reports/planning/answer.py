"""What every question of planning is answered with, and how its numbers are written."""

import math
from dataclasses import dataclass

LEVEL_WORDS = "a two-sided level of 5 %"
WANTED_POWER = 0.8
"""The power that grids and sizes aim at, as most protocols do."""

ROUNDING = 1e-9
"""Of arithmetic: a share of 0.57 is 57 %."""


@dataclass(frozen=True)
class Table:
    """A small table of an answer: a first column of names, then numbers; `marked` cells reach what is wanted."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[tuple[int, int]] = frozenset()

    @property
    def lines(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        """Name of each row, then its cells and whether each is marked."""
        return [
            (name, [(cell, (at, column) in self.marked) for column, cell in enumerate(cells)])
            for at, (name, *cells) in enumerate(self.rows)
        ]


@dataclass(frozen=True)
class Answer:
    """One question answered.

    Attributes
    ----------
    lead, also : str
        The number asked for, and what goes with it.
    assumption : str
        One line on what was assumed.
    sources : tuple of str
        Where the formula comes from.
    protocol : str
        A sentence to copy into the analysis plan.
    table : Table or None
    warning : str
        What to be careful about; empty where nothing.
    """

    lead: str
    also: str
    assumption: str
    sources: tuple[str, ...]
    protocol: str
    table: Table | None = None
    warning: str = ""


def percent(share: float) -> str:
    """A power in whole per cent, rounded down, so that 80 % is never said of less, and never certain."""
    if 0 < share < 0.01:
        return "<1 %"
    if share > 0.99:
        return ">99 %"
    return f"{math.floor(100 * share + ROUNDING)} %"


def plain(value: float) -> str:
    """A number without trailing noughts."""
    return f"{value:.4g}"
