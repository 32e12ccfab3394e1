"""A number with its interval and the images it rests on, and the jackknife that gives most of the intervals."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Matrix = NDArray[np.float64]
CONFIDENCE = 0.95
BLOCKS = 20
NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """`reason` says why a value is undefined; `n_reference` is 0 where no reference takes part."""

    value: float
    low: float
    high: float
    n_synthetic: int
    n_reference: int
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain fields; JSON knows no nan."""
        return {name: None if _is_nan(value) else value for name, value in asdict(self).items()}


def undefined(reason: str, n_synthetic: int, n_reference: int) -> Estimate:
    """No number, and why."""
    return Estimate(NAN, NAN, NAN, n_synthetic, n_reference, reason)


def share(hits: int, n: int, n_synthetic: int, n_reference: int) -> Estimate:
    """A share of independent images with Wilson's interval.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22:209-212. doi:10.1080/01621459.1927.10502953
    """
    interval = stats.binomtest(hits, n).proportion_ci(CONFIDENCE, method="wilson")
    return Estimate(hits / n, float(interval.low), float(interval.high), n_synthetic, n_reference)


def mean_of(values: NDArray[Any], n_synthetic: int, n_reference: int) -> Estimate:
    """The mean of independent values with Student's interval."""
    centre = float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * error
    return Estimate(centre, centre - half, centre + half, n_synthetic, n_reference)


@dataclass(frozen=True)
class Jackknife:
    """A statistic of two samples, and what it is with each block of either left out."""

    whole: float
    without_synthetic: Matrix
    without_reference: Matrix

    @property
    def error(self) -> float:
        """Standard error over both samples (Tukey 1958; Efron and Stein 1981, Ann. Stat. 9:586-596)."""
        return math.sqrt(_variance(self.without_synthetic) + _variance(self.without_reference))

    @property
    def unbiased(self) -> float:
        """Without the bias that shrinks as 1 / n (Quenouille 1956, Biometrika 43:353-360)."""
        both = (self.without_synthetic, self.without_reference)
        return self.whole - sum((len(left) - 1) * float(left.mean() - self.whole) for left in both)

    def around(self, value: float, n_synthetic: int, n_reference: int) -> Estimate:
        """That value with the interval of this jackknife."""
        degrees = len(self.without_synthetic) + len(self.without_reference) - 2
        half = float(stats.t.ppf((1 + CONFIDENCE) / 2, degrees)) * self.error
        return Estimate(value, value - half, value + half, n_synthetic, n_reference)


def jackknife(
    synthetic: Matrix, reference: Matrix, statistic: Callable[[Matrix, Matrix], float], blocks: int = BLOCKS
) -> Jackknife:
    """Of any statistic of two samples whose rows stand in random order.

    Not the bootstrap: a resampled set holds images twice, and the Fréchet distance takes that for a difference.
    """
    parts_s, parts_r = blocks_of(len(synthetic), blocks), blocks_of(len(reference), blocks)
    return Jackknife(
        statistic(synthetic, reference),
        np.array([statistic(np.delete(synthetic, part, axis=0), reference) for part in parts_s]),
        np.array([statistic(synthetic, np.delete(reference, part, axis=0)) for part in parts_r]),
    )


def blocks_of(n: int, blocks: int = BLOCKS) -> list[NDArray[np.int64]]:
    """The rows of each block, as even as they can be."""
    return [np.asarray(part, dtype=np.int64) for part in np.array_split(np.arange(n), min(blocks, n))]


def _variance(left_out: Matrix) -> float:
    g = len(left_out)
    return float((g - 1) / g * ((left_out - left_out.mean()) ** 2).sum())


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
