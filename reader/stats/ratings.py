"""Rating scales: Wilcoxon's signed-rank test of pairs, the rank-sum test of two sets, and Holm's correction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from reader.stats.estimate import NAN
from reader.stats.verdicts import FloatArray, IntArray

EXACT_UP_TO = 50
"""Pairs with a difference up to which the signed-rank test is exact, ties included."""

NO_PAIR = "No image has both ratings."
NO_CHANGE = "Both ratings are the same on every image, so there is nothing to rank."
EMPTY = "One of the two sets has no rating."
ALL_TIED = "All ratings are the same, so there is nothing to rank."


@dataclass(frozen=True)
class RankTest:
    """A rank test.

    Attributes
    ----------
    statistic : float
        Sum of the ranks of positive differences (signed-rank), or Mann and Whitney's U of the first set (rank-sum).
    p : float
        Two-sided; ``nan`` where undefined, and then `reason` says why.
    effect : float
        Signed-rank: rank-biserial correlation, -1 to 1. Rank-sum: share of pairs in which the first set is higher,
        ties as half.
    n : int
        Pairs that differ (signed-rank), or ratings (rank-sum).
    """

    statistic: float
    p: float
    effect: float
    n: int
    reason: str = ""


def signed_rank(first: ArrayLike, second: ArrayLike) -> RankTest:
    """Wilcoxon's signed-rank test of paired ratings; pairs without a difference are left out.

    Parameters
    ----------
    first, second : array_like of float, shape (n_images,)
        Ratings of the same images, or by the same readers; ``nan`` where missing.

    Returns
    -------
    RankTest
        Exact over all signs of the ranks, midranks for ties, up to 50 differing pairs; else normal with the tie
        correction and without continuity correction.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    Wilcoxon (1945), Biometrics Bull. 1:80-83; Pratt and Gibbons (1981), Concepts of Nonparametric Theory, ch. 3.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"give the same number of ratings on both sides, got shapes {a.shape} and {b.shape}")
    differences = (a - b)[~np.isnan(a - b)]
    if len(differences) == 0:
        return RankTest(NAN, NAN, NAN, 0, NO_PAIR)
    differences = differences[differences != 0]
    n = len(differences)
    if n == 0:
        return RankTest(NAN, NAN, NAN, 0, NO_CHANGE)
    ranks = midranks(np.abs(differences))
    positive = float(ranks[differences > 0].sum())
    total = n * (n + 1) / 2
    p = _exact_sign_p(ranks, positive) if n <= EXACT_UP_TO else _normal_p(positive - total / 2, (ranks**2).sum() / 4)
    return RankTest(positive, p, 2 * positive / total - 1, n)


def rank_sum(first: ArrayLike, second: ArrayLike) -> RankTest:
    """Mann and Whitney's test of two separate sets of ratings, normal with ties, no continuity correction.

    Parameters
    ----------
    first, second : array_like of float, shapes (n_first,) and (n_second,)
        Ratings; ``nan`` where missing.

    Returns
    -------
    RankTest
        Undefined where a set is empty or all ratings are the same.

    References
    ----------
    Mann and Whitney (1947), Ann. Math. Stat. 18:50-60; Lehmann (1975), Nonparametrics, sect. 1.4.
    """
    a, b = (values[~np.isnan(values)] for values in (np.asarray(first, float), np.asarray(second, float)))
    m = len(a)
    levels, at = np.unique(np.concatenate([a, b]), return_inverse=True)
    return rank_sum_of_counts(*(np.bincount(part, minlength=len(levels)) for part in (at[:m], at[m:])))


def rank_sum_of_counts(first: IntArray, second: IntArray) -> RankTest:
    """As `rank_sum`, from how many ratings of each set are at each level, the lowest level first."""
    m, n = int(first.sum()), int(second.sum())
    if m == 0 or n == 0:
        return RankTest(NAN, NAN, NAN, m + n, EMPTY)
    u = float((first * (second.cumsum() - second / 2)).sum())
    ties = (first + second).astype(float)
    variance = m * n / 12 * (m + n + 1 - (ties**3 - ties).sum() / ((m + n) * (m + n - 1)))
    if variance < 1e-12:
        return RankTest(u, NAN, 0.5, m + n, ALL_TIED)
    return RankTest(u, _normal_p(u - m * n / 2, variance), u / (m * n), m + n)


def holm(p_values: ArrayLike) -> FloatArray:
    """Holm's step-down correction for several tests.

    Parameters
    ----------
    p_values : array_like of float, shape (n_tests,)
        ``nan`` where a test is undefined: it counts as no test.

    Returns
    -------
    ndarray of float, shape (n_tests,)
        Adjusted, at most 1; ``nan`` stays ``nan``.

    Raises
    ------
    ValueError
        If a p-value lies outside 0 to 1.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6:65-70.
    """
    p = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(~np.isnan(p))
    if p.ndim != 1 or ((p[known] < 0) | (p[known] > 1)).any():
        raise ValueError("p-values must be a list of numbers from 0 to 1, or nan")
    order = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(p.shape, np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def midranks(values: FloatArray) -> FloatArray:
    """Ranks from 1, tied values sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    ranks: FloatArray = (ends - (counts - 1) / 2)[inverse]
    return ranks


def _exact_sign_p(ranks: FloatArray, positive: float) -> float:
    """Two-sided p over all equally likely signs; doubled ranks are whole, so a table of sums holds them all."""
    doubled = np.rint(2 * ranks).astype(int)
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1.0
    for step in doubled:
        ways[step:] = (ways[step:] + ways[:-step]) / 2
        ways[:step] /= 2
    at = round(2 * positive)
    return min(1.0, 2 * float(min(ways[: at + 1].sum(), ways[at:].sum())))


def _normal_p(distance: float, variance: float) -> float:
    return 2 * float(ndtr(-abs(distance) / variance**0.5))
