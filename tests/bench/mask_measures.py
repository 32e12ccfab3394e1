"""Measures of many masks with intervals: whole patients are drawn again, as films of one patient err alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.masks.errors import MaskError
from generation.masks.refining import Refined
from lungstudy.library.pixels.masks.overlap import Overlap, overlap
from tests.bench.mask_films import Film

RESAMPLES = 4000
NAMES = ("dice", "iou", "hd95_pixels", "hd95_percent")


@dataclass(frozen=True)
class Interval:
    """A mean over films with its 95 % percentile interval over patients."""

    value: float
    low: float
    high: float

    def shown(self, digits: int) -> str:
        return f"{self.value:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"


def interval_of(values: Sequence[float], patients: Sequence[str]) -> Interval:
    """Mean over films; undefined ones (nan) are left out."""
    numbers = np.asarray(values, dtype=float)
    defined = ~np.isnan(numbers)
    _, patient = np.unique(np.asarray(patients)[defined], return_inverse=True)
    sums, counts = np.bincount(patient, numbers[defined]), np.bincount(patient)
    drawn = np.random.default_rng(0).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=RESAMPLES)
    low, high = np.quantile((drawn @ sums) / (drawn @ counts), [0.025, 0.975])
    return Interval(float(numbers[defined].mean()), float(low), float(high))


def overlaps(results: Sequence[Refined | MaskError], films: Sequence[Film]) -> list[Overlap]:
    """Of each film; one that got no mask shares nothing with the truth, and its outline is a diagonal away.

    Left out, as a distance from nothing would have to be, it would flatter the method that failed.
    """
    return [
        nothing(film) if isinstance(one, MaskError) else overlap(one.mask, film.mask)
        for one, film in zip(results, films, strict=True)
    ]


def nothing(film: Film) -> Overlap:
    """What a film without a mask counts as."""
    return Overlap(0.0, 0.0, float(np.hypot(*film.mask.shape)), 100.0)


def column(found: Sequence[Overlap], name: str) -> NDArray[np.float64]:
    return np.array([getattr(one, name) for one in found], dtype=float)


def auc(wrong: Sequence[float], right: Sequence[float]) -> float:
    """The share of pairs in which the wrong mask scores lower; ties count half (Mann and Whitney 1947)."""
    below = np.subtract.outer(np.asarray(right), np.asarray(wrong))
    return float((below > 0).mean() + (below == 0).mean() / 2)
