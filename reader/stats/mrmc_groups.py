"""Groups of different readers on the same images, such as residents and specialists: the difference of their means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.mrmc import (
    NO_SPREAD,
    TOO_FEW_IMAGES,
    ByEffects,
    Components,
    components_of,
    estimate_from,
    few_readers_warning,
)
from reader.stats.mrmc_covariance import Covariance, images_read, jackknife_covariance
from reader.stats.mrmc_merits import Merit
from reader.stats.verdicts import FloatArray

GROUP_TOO_SMALL = "A group has fewer than two readers with a figure, so how its readers differ is unknown."
NO_READER_IN_GROUP = "A group has no reader with a figure."


@dataclass(frozen=True)
class GroupDifference:
    """Mean figure of group `first` less that of `second`."""

    first: int
    second: int
    by_effects: ByEffects[Estimate]


def compare_groups(
    merit: Merit, groups: Sequence[Sequence[int]], *, covariance: Covariance = jackknife_covariance
) -> list[GroupDifference]:
    """Differences of mean figures between groups of different readers, every pair of groups.

    Parameters
    ----------
    merit : Merit
        One test per reader.
    groups : sequence of sequences of int
        The readers of each group, as columns; no reader in two groups.
    covariance : callable
        As for `mean_of_readers`.

    Returns
    -------
    list of GroupDifference
        In the order (0, 1), (0, 2), ..., (1, 2), ...; not corrected for their number. The error of a difference is
        that of each group's readers, each group with its own spread, plus what images leave after the part that
        the groups share; its degrees of freedom are Welch's and Satterthwaite's.

    Raises
    ------
    ValueError
        If a reader is in two groups.

    References
    ----------
    Hillis (2014), Stat. Med. 33:330-360, sect. 6: readers nested within conditions; here with groups of any sizes.
    Satterthwaite (1946), Biometrics Bull. 2:110-114.
    """
    everybody = [reader for group in groups for reader in group]
    if len(set(everybody)) < len(everybody):
        raise ValueError("a reader is in two groups: compare groups of different readers")
    kept = [[reader for reader in group if not math.isnan(merit.values[reader])] for group in groups]
    used = merit.of([reader for group in kept for reader in group])
    ends = np.cumsum([0, *map(len, kept)])
    columns = [list(range(start, end)) for start, end in pairwise(ends.tolist())]
    covariances = covariance(used)
    return [
        GroupDifference(first, second, _difference(used, columns[first], columns[second], covariances))
        for first, second in combinations(range(len(columns)), 2)
    ]


def _difference(merit: Merit, first: list[int], second: list[int], covariances: FloatArray) -> ByEffects[Estimate]:
    a, b = _Group.of(merit, first, covariances), _Group.of(merit, second, covariances)
    n_images = images_read(merit.of([*first, *second]))
    shared = float(covariances[np.ix_(first, second)].mean()) if first and second else NAN
    of_readers = a.reader_variance + b.reader_variance
    images = max(a.image_variance + b.image_variance - 2 * shared, 0.0)
    both = of_readers + max(a.shared_variance + b.shared_variance - 2 * shared, 0.0)
    warning = few_readers_warning(min(a.n, b.n))

    def estimate(variance: float, df: float, population: Population, needed: int, note: str) -> Estimate:
        return estimate_from(
            a.mean - b.mean,
            variance,
            df,
            n=n_images,
            population=population,
            null=0.0,
            bounds=(-1.0, 1.0),
            why_none=_why_none(min(a.n, b.n), needed, images),
            warning=note,
        )

    return ByEffects(
        estimate(both, _df(both, a, b), Population.READERS_AND_IMAGES, 2, warning),
        estimate(of_readers, _df(of_readers, a, b), Population.READERS_LIKE_THESE, 2, warning),
        estimate(images, math.inf, Population.THESE_READERS, 1, ""),
    )


@dataclass(frozen=True)
class _Group:
    n: int
    mean: float
    parts: Components

    @classmethod
    def of(cls, merit: Merit, readers: list[int], covariances: FloatArray) -> "_Group":
        values = merit.values[readers]
        mean = float(values.mean()) if readers else NAN
        return cls(len(readers), mean, components_of(values, covariances[np.ix_(readers, readers)]))

    @property
    def reader_variance(self) -> float:
        return self.parts.ms_readers / self.n if self.n else NAN

    @property
    def shared_variance(self) -> float:
        return max(self.parts.cov2, 0.0)

    @property
    def image_variance(self) -> float:
        if self.n < 2:
            return self.parts.var_error
        return (self.parts.var_error + (self.n - 1) * self.parts.cov2) / self.n


def _df(variance: float, a: _Group, b: _Group) -> float:
    spread = sum(g.reader_variance**2 / (g.n - 1) if g.n > 1 else NAN for g in (a, b))
    return math.inf if spread == 0 else variance**2 / spread


def _why_none(smallest: int, needed: int, image_variance: float) -> str:
    if smallest == 0:
        return NO_READER_IN_GROUP
    if smallest < needed:
        return GROUP_TOO_SMALL
    return TOO_FEW_IMAGES if math.isnan(image_variance) else NO_SPREAD
