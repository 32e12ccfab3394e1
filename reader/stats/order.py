"""Order and fatigue: do readers get better, worse, faster as they go on; how long a verdict takes."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, stdtr, stdtrit

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined
from reader.stats.mrmc import ONE_READER, few_readers_warning
from reader.stats.verdicts import FloatArray

PER = 100
"""Slopes are per this many positions."""

TOO_FEW = "A slope needs verdicts at three positions or more."
ONE_POSITION = "All verdicts stand at one position, so there is no slope."
NO_SPREAD = "The slope's error is 0 here (the verdicts lie on a line), so it gives no interval."
NO_TIME = "No time is known."
FEW_TIMES = "Fewer than six times give no interval for the median."
NO_SLOPE = "No reader has a slope."


@dataclass(frozen=True)
class ReaderOrder:
    """One reader over positions.

    Attributes
    ----------
    learning : Estimate
        Change of the mean mark per 100 positions: above 0 the reader gets better.
    pace : Estimate
        Ratio of the time per verdict 100 positions later to that before: below 1 the reader gets faster.
    seconds : Estimate
        Median seconds per verdict, with the interval of order statistics.
    """

    learning: Estimate
    pace: Estimate
    seconds: Estimate


def reader_order(positions: ArrayLike, marks: ArrayLike, seconds: ArrayLike) -> ReaderOrder:
    """One reader's learning, pace and time per verdict.

    Parameters
    ----------
    positions : array_like of float, shape (n_slots,)
        Where each image stood in the reader's own order.
    marks : array_like of float, shape (n_slots,)
        0 to 1 as `credit` gives them; ``nan`` where unread or not counted.
    seconds : array_like of float, shape (n_slots,)
        Time open before the verdict, above 0; ``nan`` where unknown.

    Returns
    -------
    ReaderOrder
        Slopes with Student's intervals from errors that hold whatever the spread at each position.

    Raises
    ------
    ValueError
        If shapes differ or a time is not above 0.
    """
    where, mark, time = (np.asarray(values, dtype=float) for values in (positions, marks, seconds))
    if not where.shape == mark.shape == time.shape or where.ndim != 1:
        raise ValueError(f"give one of each per slot, got shapes {where.shape}, {mark.shape} and {time.shape}")
    known = time[~np.isnan(time)]
    if (known <= 0).any():
        raise ValueError("seconds must be above 0: use nan where the time is unknown")
    return ReaderOrder(slope(where, mark), _ratio(slope(where, np.log(time))), median(known))


def slope(positions: FloatArray, values: FloatArray) -> Estimate:
    """Least-squares change of `values` per 100 positions.

    Parameters
    ----------
    positions, values : ndarray of float, shape (n_slots,)
        Slots with ``nan`` in `values` are left out.

    Returns
    -------
    Estimate
        In units of `values` per 100 positions; `p` is against no change. Undefined with fewer than three slots or
        one position; no interval where the error is 0.

    References
    ----------
    MacKinnon and White (1985), J. Econometrics 29:305-325: HC3, right for marks whose spread moves with their mean.
    """
    known = ~np.isnan(values)
    x, y = positions[known] / PER, values[known]
    n, population = len(x), Population.THIS_READER
    if n < 3:
        return undefined(TOO_FEW, n=n, population=population)
    away = x - x.mean()
    squares = float(away @ away)
    if squares == 0:
        return undefined(ONE_POSITION, n=n, population=population)
    value = float(away @ y) / squares
    leverage = 1 / n + away**2 / squares
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(leverage < 1 - 1e-12, (y - y.mean() - value * away) / (1 - leverage), 0.0)
    error = math.sqrt(float((away * left) @ (away * left))) / squares
    if error < 1e-12:
        return Estimate(value, NAN, NAN, n, population, NO_SPREAD, se=0.0)
    half, p = float(stdtrit(n - 2, UPPER_TAIL)) * error, 2 * float(stdtr(n - 2, -abs(value) / error))
    return Estimate(value, value - half, value + half, n, population, se=error, p=p, df=n - 2)


def mean_slope(slopes: list[Estimate]) -> Estimate:
    """Mean of readers' slopes, readers as the sample: Student's interval, `p` against no change.

    Parameters
    ----------
    slopes : list of Estimate
        One per reader, from `slope`; undefined ones are left out.

    Returns
    -------
    Estimate
        In the slopes' unit; `n` counts readers. No interval with one reader or where all slopes are the same.
    """
    values = np.array([one.value for one in slopes if one.is_defined])
    n, population = len(values), Population.READERS_AND_IMAGES
    if n == 0:
        return undefined(NO_SLOPE, n=0, population=population)
    value = float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else NAN
    if n == 1 or error < 1e-12:
        return Estimate(value, NAN, NAN, n, population, ONE_READER if n == 1 else NO_SPREAD, se=error)
    half, p = float(stdtrit(n - 1, UPPER_TAIL)) * error, 2 * float(stdtr(n - 1, -abs(value) / error))
    warning = few_readers_warning(n)
    return Estimate(value, value - half, value + half, n, population, se=error, p=p, df=n - 1, warning=warning)


def median(values: FloatArray) -> Estimate:
    """Median with the exact interval of order statistics, in the unit of `values`.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Any distribution; none ``nan``.

    Returns
    -------
    Estimate
        Covers at least 95 %. No interval with fewer than six values.

    References
    ----------
    Thompson (1936), Ann. Math. Stat. 7:122-128.
    """
    n, population = len(values), Population.THIS_READER
    if n == 0:
        return undefined(NO_TIME, n=0, population=population)
    ordered = np.sort(values)
    value = float(np.median(ordered))
    # The most values that may be cut from each end while the rest still cover the median.
    cut = int(np.sum(bdtr(np.arange((n + 1) // 2), n, 0.5) <= 1 - UPPER_TAIL))
    if cut == 0:
        return Estimate(value, NAN, NAN, n, population, FEW_TIMES)
    return Estimate(value, float(ordered[cut - 1]), float(ordered[n - cut]), n, population)


def _ratio(log_slope: Estimate) -> Estimate:
    """A slope of logarithms as a ratio."""
    value, low, high = (math.exp(number) for number in (log_slope.value, log_slope.low, log_slope.high))
    return Estimate(
        value, low, high, log_slope.n, log_slope.population, log_slope.reason, p=log_slope.p, df=log_slope.df
    )
