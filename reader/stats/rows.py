"""Rows of results: every statistic under one name, as pages, reports, exports and the command line show it."""

import math
from dataclasses import dataclass
from typing import Any

from reader.stats.estimate import Estimate
from reader.stats.weights import Weights

EVERYBODY = "all"


@dataclass(frozen=True)
class Row:
    """One statistic of one group.

    Attributes
    ----------
    name : str
        Such as ``"fleiss_kappa"``.
    group : str
        ``"all"``, a reader, ``"A x B"`` for a pair, a form such as ``"ICC(2,1)"``, or what is taken as a sample.
    estimate : Estimate
    n_images, n_readers : int
        What stands behind it.
    weights : Weights
        Credit for near misses between ordered categories.
    """

    name: str
    group: str
    estimate: Estimate
    n_images: int
    n_readers: int
    weights: Weights = Weights.IDENTITY

    def as_json(self) -> dict[str, Any]:
        """Plain values; None where a number is undefined or infinite, and then `reason` says why."""
        one = self.estimate
        numbers = {"estimate": one.value, "se": one.se, "low": one.low, "high": one.high, "p": one.p, "df": one.df}
        return {
            "name": self.name,
            "weights": str(self.weights),
            "group": self.group,
            **{name: finite(value) for name, value in numbers.items()},
            "n_images": self.n_images,
            "n_readers": self.n_readers,
            "population": str(one.population),
            "reason": one.reason,
            "warning": one.warning,
        }


def finite(value: float) -> float | None:
    """The number, or None where JSON has none for it."""
    return value if math.isfinite(value) else None
