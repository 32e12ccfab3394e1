"""Balanced accuracy of one reader: the mean of two independent shares, and its exact test against chance."""

import math

import numpy as np
from scipy.special import gammaln

from reader.stats.estimate import NAN, Estimate, Population, undefined
from reader.stats.proportions import wilson_interval

NO_TWO_CLASSES = "Balanced accuracy needs a fake and a real image in its denominators."


def balanced_accuracy(found: int, fakes: int, cleared: int, reals: int, *, test_chance: bool) -> Estimate:
    """Mean of the share of fakes called fake and the share of reals called real.

    Parameters
    ----------
    found, fakes : int
        Fakes called fake, and all fakes counted.
    cleared, reals : int
        Reals called real, and all reals counted.
    test_chance : bool
        Whether every image counted is decided, so that guessing gives 0.5: then `p` is Fisher's exact one, of no
        link between truth and verdict.

    Returns
    -------
    Estimate
        Share in [0, 1], the interval made of the two Wilson intervals; undefined without a fake or without a real.

    Raises
    ------
    ValueError
        If a count exceeds its total or is negative.

    References
    ----------
    Newcombe (1998), Stat. Med. 17:873-890, method 10: the interval, here of a sum in the place of a difference.
    Fisher (1935), J. R. Stat. Soc. 98:39-54.
    """
    population, n = Population.THIS_READER, fakes + reals
    if fakes == 0 or reals == 0:
        return undefined(NO_TWO_CLASSES, n=n, population=population)
    (low_1, high_1), (low_0, high_0) = wilson_interval(found, fakes), wilson_interval(cleared, reals)
    share_1, share_0 = found / fakes, cleared / reals
    value = (share_1 + share_0) / 2
    low = value - math.hypot(share_1 - low_1, share_0 - low_0) / 2
    high = value + math.hypot(high_1 - share_1, high_0 - share_0) / 2
    error = math.sqrt(share_1 * (1 - share_1) / fakes + share_0 * (1 - share_0) / reals) / 2
    p = fisher_p([[found, fakes - found], [reals - cleared, cleared]]) if test_chance else NAN
    return Estimate(value, max(0.0, low), min(1.0, high), n, population, se=error, p=p)


def fisher_p(table: list[list[int]]) -> float:
    """Fisher's exact two-sided test of a 2 x 2 table: the probability of every table no likelier than this.

    Parameters
    ----------
    table : list of list of int, shape (2, 2)
        Counts, none negative.

    Returns
    -------
    float
        Two-sided p-value; 1 where a row or column is empty.
    """
    (a, b), (c, d) = table
    row, column, total = a + b, a + c, a + b + c + d
    x = np.arange(max(0, row + column - total), min(row, column) + 1)
    logs = -(gammaln(x + 1) + gammaln(row - x + 1) + gammaln(column - x + 1) + gammaln(total - row - column + x + 1))
    logs -= logs.max()
    weights = np.exp(logs)
    as_rare = logs <= logs[a - x[0]] + 1e-7
    return min(1.0, float(weights[as_rare].sum() / weights.sum()))
