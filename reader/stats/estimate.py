"""What every statistic returns: a value with its interval, its n, and the population it speaks about."""

import math
from dataclasses import dataclass
from enum import StrEnum

LEVEL = 0.95
"""Coverage of every interval, two-sided."""

UPPER_TAIL = (1 + LEVEL) / 2
"""The quantile that leaves half of the uncovered share above it."""

NAN = float("nan")


class Population(StrEnum):
    """About whom an interval speaks: what is held fixed, and what counts as a sample of more like it."""

    THIS_READER = "this reader, images like these"
    THESE_READERS = "these readers, images like these"
    READERS_LIKE_THESE = "readers like these, these images"
    READERS_AND_IMAGES = "readers like these, images like these"
    POOLED_VERDICTS = "these verdicts taken as independent, which they are not"


@dataclass(frozen=True)
class Estimate:
    """One number of a report.

    Attributes
    ----------
    value : float
        The estimate, dimensionless; ``nan`` where it is undefined, and then `reason` says why.
    low, high : float
        Ends of the two-sided 95 % interval; both ``nan`` where there is none, and then `reason` says why.
    n : int
        How many units stand behind the value: images for agreement, verdicts for a proportion.
    population : Population
        About whom the interval speaks.
    reason : str
        One sentence on why the value or its interval is undefined; empty where both are defined.
    se : float
        Standard error over what `population` names; ``nan`` where the method has none.
    p : float
        Two-sided p-value of the test that the function names; ``nan`` where it makes none.
    df : float
        Degrees of freedom of interval and test, ``inf`` where they are normal; ``nan`` where neither applies.
    warning : str
        One sentence on why a defined number needs care; empty where it needs none.
    """

    value: float
    low: float
    high: float
    n: int
    population: Population
    reason: str = ""
    se: float = NAN
    p: float = NAN
    df: float = NAN
    warning: str = ""

    def __post_init__(self) -> None:
        """Refuse what a page could only show as an unexplained gap."""
        if math.isnan(self.low) != math.isnan(self.high):
            raise ValueError("an interval has two ends or none: give both low and high, or nan for both")
        if not self.has_interval and not self.reason:
            raise ValueError("an undefined value or interval needs a reason: say why in one sentence")

    @property
    def is_defined(self) -> bool:
        """Whether there is a value to show; if not, show the reason."""
        return not math.isnan(self.value)

    @property
    def has_interval(self) -> bool:
        """Whether there is an interval to show; if not, show the reason."""
        return self.is_defined and not math.isnan(self.low)


def undefined(reason: str, *, n: int, population: Population) -> Estimate:
    """An estimate without a value, and why."""
    return Estimate(NAN, NAN, NAN, n, population, reason)
