"""Learning curves as a picture: a line for each arm over the number of real images, with its intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from generation.experiments.grid import Arm
from generation.experiments.outcomes import Row

LEFT, TOP, RIGHT, BOTTOM = 44, 10, 372, 210
CLASSES = {Arm.REAL: "real", Arm.BOTH: "both", Arm.SYNTHETIC: "drawn", Arm.FROM_TEN: "from-ten"}
BETWEEN_LABELS = 15
TICKS = 5
ASIDE = 5


@dataclass(frozen=True)
class Mark:
    """One value with its interval, in the picture's units."""

    x: float
    y: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Curve:
    """One arm."""

    name: str
    css: str
    marks: list[Mark]
    is_flat: bool
    label_y: float

    @property
    def points(self) -> str:
        """The line; an arm without real images is the same everywhere."""
        if self.is_flat:
            return f"{LEFT},{self.marks[0].y} {RIGHT},{self.marks[0].y}"
        return " ".join(f"{mark.x},{mark.y}" for mark in self.marks)


@dataclass(frozen=True)
class Tick:
    """A number beside an axis."""

    at: float
    words: str


class Plot:
    """Rows of one net and measure, drawn."""

    def __init__(self, title: str, rows: Sequence[Row]) -> None:
        self.title, self.rows = title, list(rows)

    @cached_property
    def range(self) -> tuple[float, float]:
        """Lowest and highest value or end of an interval, with a little room; intervals far beyond are cut there."""
        values = [row.value for row in self.rows]
        low, high = min(values), max(values)
        room = max(0.5 * (high - low), 0.02 * max(abs(high), 1e-6))
        ends = [end for row in self.rows for end in self._ends(row)]
        lowest, highest = max(min(ends), low - 2 * room), min(max(ends), high + 2 * room)
        return min(lowest, low - 0.2 * room), max(highest, high + 0.2 * room)

    @cached_property
    def numbers(self) -> list[int]:
        """Real images, rising."""
        return sorted({row.n_real for row in self.rows if row.n_real})

    @property
    def curves(self) -> list[Curve]:
        """By arm, each with its name at its end, none over another."""
        of_arms = {arm: [row for row in self.rows if row.arm == arm] for arm in Arm}
        ends = sorted((self._y(rows[-1].value), arm) for arm, rows in of_arms.items() if rows)
        places: dict[Arm, float] = {}
        lowest = float(TOP)
        for y, arm in ends:
            places[arm] = lowest = max(y, lowest)
            lowest += BETWEEN_LABELS
        return [self._curve(arm, rows, places[arm]) for arm, rows in of_arms.items() if rows]

    @property
    def x_ticks(self) -> list[Tick]:
        """The numbers of real images."""
        return [Tick(self._x(number), str(number)) for number in self.numbers]

    @property
    def y_ticks(self) -> list[Tick]:
        """Round values."""
        low, high = self.range
        step = round_step((high - low) / TICKS)
        first, last = math.ceil(low / step), math.floor(high / step)
        places = max(0, -math.floor(math.log10(step)))
        return [Tick(self._y(at * step), f"{at * step:.{places}f}") for at in range(first, last + 1)]

    @property
    def words(self) -> str:
        """The picture for those who cannot see it."""
        said = [f"{row.arm}{f' with {row.n_real} real images' * (row.n_real > 0)} {row.value:.3f}" for row in self.rows]
        return f"{self.title}. {'; '.join(said)}."

    def _curve(self, arm: Arm, rows: list[Row], label_y: float) -> Curve:
        aside = (list(CLASSES).index(arm) - 1.5) * ASIDE  # so that intervals at one number stand side by side
        marks = [self._mark(row, aside) for row in rows]
        return Curve(str(arm), CLASSES[arm], marks, not rows[0].n_real, round(label_y + 4, 1))

    def _mark(self, row: Row, aside: float) -> Mark:
        low, high = (self._y(end) for end in self._ends(row))
        x = (self._x(row.n_real) if row.n_real else RIGHT) + aside
        return Mark(round(x, 1), self._y(row.value), low, high, f"{row.arm}, {row.n_real} real: {row.value:.3f}")

    def _x(self, number: int) -> float:
        """Doubling the images is the same step everywhere."""
        first, last = math.log(self.numbers[0]), math.log(self.numbers[-1])
        share = (math.log(number) - first) / (last - first) if last > first else 0.5
        return round(LEFT + 16 + share * (RIGHT - LEFT - 40), 1)

    def _y(self, value: float) -> float:
        low, high = self.range
        share = (min(max(value, low), high) - low) / ((high - low) or 1)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    @staticmethod
    def _ends(row: Row) -> tuple[float, float]:
        """Of the widest population that there is an interval for."""
        for one in (row.over_both, row.over_patients):
            if not math.isnan(one.low):
                return one.low, one.high
        return row.value, row.value


def round_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, at least as large."""
    power = 10.0 ** math.floor(math.log10(rough or 1))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= rough * 0.999)
