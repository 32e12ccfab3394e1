"""From the values of trained cells to what is reported: each arm, and how it differs from real images alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from generation.experiments.areas import placements
from generation.experiments.grid import Arm, Cell
from generation.experiments.intervals import Estimate, Measured

AUC = "auc"
SEGMENTATION_MEASURES = ("dice", "iou", "hd95")
WHOLE_DIAGONAL = 100.0
"""Of HD95, in percent: the distance of what was not found at all."""
Values = Mapping[str, Mapping[str, float]]
"""Of each test image, by its token."""


@dataclass(frozen=True)
class ImageTested:
    """One image that all cells were tested on; `label` is None where outlines are compared."""

    token: str
    patient: int
    label: int | None = None


@dataclass(frozen=True)
class Trained:
    """A cell that is done."""

    cell: Cell
    n_synthetic: int
    values: Values


@dataclass(frozen=True)
class Row:
    """One measure of one arm at one number of real images; or, with `against`, how much better than that it is.

    Attributes
    ----------
    against : Arm or None
        The arm that was subtracted, at `against_n_real` real images and at the same seeds.
    """

    net: str
    arm: Arm
    n_real: int
    n_synthetic: int
    measure: str
    n_seeds: int
    over_patients: Estimate
    over_seeds: Estimate
    over_both: Estimate
    against: Arm | None = None
    against_n_real: int = 0

    @property
    def value(self) -> float:
        """The mean over seeds."""
        return self.over_both.value


Point = tuple[str, Arm, int]


class Outcomes:
    """All that can be said of the cells that are done."""

    def __init__(self, trained: Sequence[Trained], test: Sequence[ImageTested]) -> None:
        self.test = test
        self.points: dict[Point, dict[int, Trained]] = {}
        for one in trained:
            cell = one.cell
            self.points.setdefault((cell.net, cell.arm, cell.n_real), {})[cell.seed] = one
        self.patients = np.unique([image.patient for image in test], return_inverse=True)[1].astype(np.int64)
        labels = [image.label for image in test]
        self.labels = None if None in labels else np.array(labels, dtype=bool)

    @property
    def measures(self) -> tuple[str, ...]:
        """What is measured here."""
        return SEGMENTATION_MEASURES if self.labels is None else (AUC,)

    def rows(self) -> list[Row]:
        """Every arm, by net, arm and number of real images."""
        return [
            self._row(point, measure, self._measured(point, measure, seeds), len(seeds))
            for point in self._in_order()
            for measure in self.measures
            if (seeds := sorted(self.points[point]))
        ]

    def differences(self) -> list[Row]:
        """Every arm less real images alone: as many of them, or all where the arm has none."""
        rows = []
        for point in self._in_order():
            base = self._base(point)
            if base is None or not (seeds := sorted(self.points[point].keys() & self.points.get(base, {}).keys())):
                continue
            for measure in self.measures:
                difference = self._measured(point, measure, seeds).minus(self._measured(base, measure, seeds))
                rows.append(self._row(point, measure, difference, len(seeds), base))
        return rows

    def _base(self, point: Point) -> Point | None:
        net, arm, n_real = point
        numbers = [other[2] for other in self.points if other[:2] == (net, Arm.REAL)]
        if arm == Arm.REAL or not numbers:
            return None
        return net, Arm.REAL, n_real if arm.takes_real else max(numbers)

    def _in_order(self) -> list[Point]:
        arms = list(Arm)
        return sorted(self.points, key=lambda point: (point[0], arms.index(point[1]), point[2]))

    def _measured(self, point: Point, measure: str, seeds: Sequence[int]) -> Measured:
        of_seeds = [self._of_images(self.points[point][seed].values, measure) for seed in seeds]
        most = WHOLE_DIAGONAL if measure == "hd95" else 1.0
        return Measured(np.stack(of_seeds), self.patients, self.labels, most=most)

    def _of_images(self, values: Values, measure: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        stored = "score" if measure == AUC else measure
        of_images = np.array([values[image.token][stored] for image in self.test], dtype=float)
        return of_images if self.labels is None else placements(self.labels, of_images).values

    def _row(self, point: Point, measure: str, of: Measured, n_seeds: int, base: Point | None = None) -> Row:
        net, arm, n_real = point
        n_synthetic = next(iter(self.points[point].values())).n_synthetic
        intervals = of.over_patients(), of.over_seeds(), of.over_both()
        against = (base[1], base[2]) if base else (None, 0)
        return Row(net, arm, n_real, n_synthetic, measure, n_seeds, *intervals, *against)
