"""One reader's ROC curve from ratings or verdicts, its area with DeLong's interval, and two areas compared."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined
from reader.stats.mrmc_covariance import delong_covariance
from reader.stats.mrmc_levels import level_counts
from reader.stats.mrmc_merits import Areas, area_merit
from reader.stats.ratings import rank_sum_of_counts
from reader.stats.verdicts import FloatArray

Z = float(ndtri(UPPER_TAIL))

NO_FAKE = "No fake image has been read."
NO_REAL = "No real image has been read."
ONE_OF_A_KIND = "A single fake or a single real image gives no interval."
SEPARATED = "The large-sample error is 0 here (perfect, or all alike), so it gives no interval."


@dataclass(frozen=True)
class RocCurve:
    """Points of an empirical ROC curve, from (0, 0) to (1, 1).

    Attributes
    ----------
    false_alarms, hits : ndarray of float, shape (n_levels + 1,)
        Shares of reals and of fakes scored at or above each threshold.
    thresholds : ndarray of float, shape (n_levels + 1,)
        Scores, highest first, after ``inf``.
    """

    false_alarms: FloatArray
    hits: FloatArray
    thresholds: FloatArray


@dataclass(frozen=True)
class AreasCompared:
    """Two areas over the same images."""

    first: Estimate
    second: Estimate
    difference: Estimate
    z: float


def roc_curve(is_fake: ArrayLike, scores: ArrayLike) -> RocCurve:
    """Empirical ROC curve.

    Parameters
    ----------
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    scores : array_like of float, shape (n_images,)
        How fake each looked, higher is more fake; ``nan`` where unread.

    Returns
    -------
    RocCurve
        Empty arrays where no fake or no real image has been read.

    Raises
    ------
    ValueError
        If the shapes differ or `is_fake` is neither boolean nor 0 and 1.

    References
    ----------
    Green and Swets (1966), Signal Detection Theory and Psychophysics, ch. 2.
    """
    fakes, reals = _by_truth(is_fake, scores)
    if not len(fakes) or not len(reals):
        return RocCurve(np.empty(0), np.empty(0), np.empty(0))
    thresholds = np.concatenate([[np.inf], np.unique(np.concatenate([fakes, reals]))[::-1]])
    hits, alarms = ((values[:, None] >= thresholds).mean(axis=0) for values in (fakes, reals))
    return RocCurve(alarms, hits, thresholds)


def area(is_fake: ArrayLike, scores: ArrayLike) -> Estimate:
    """Area under one reader's ROC curve with DeLong's interval, tested against chance.

    Parameters
    ----------
    is_fake, scores
        As for `roc_curve`; `suspicion` makes scores of verdicts, with unsure between real and fake.

    Returns
    -------
    Estimate
        Trapezoidal area in [0, 1]; the interval is normal, cut at 0 and 1. `p` is against 0.5 by Mann and Whitney's
        test, whose variance is that under chance and corrected for ties, so that a perfect reader has a `p` though
        no interval. Undefined without a fake or without a real.

    Raises
    ------
    ValueError
        As for `roc_curve`.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845.
    Mann and Whitney (1947), Ann. Math. Stat. 18:50-60; Lehmann (1975), Nonparametrics, sect. 1.4: ties.
    """
    return areas_of(area_merit(is_fake, _column(scores)))[0]


def areas_of(merit: Areas) -> list[Estimate]:
    """`area` of each test: of every reader at once."""
    variances = np.diagonal(delong_covariance(merit)).tolist()
    return [
        _area(merit, test, variance, p)
        for test, (variance, p) in enumerate(zip(variances, _against_chance(merit), strict=True))
    ]


def compare_areas(is_fake: ArrayLike, first: ArrayLike, second: ArrayLike) -> AreasCompared:
    """Two readers, or one reader twice, over the images that both scored.

    Parameters
    ----------
    is_fake, first, second
        As for `roc_curve`.

    Returns
    -------
    AreasCompared
        `difference` is first less second, normal interval cut at -1 and 1, `p` against no difference. Undefined
        without a fake or a real that both scored; no interval where the error is 0.

    Raises
    ------
    ValueError
        As for `roc_curve`.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845, eq. 8.
    """
    scores = np.stack([np.asarray(first, dtype=float), np.asarray(second, dtype=float)], axis=1)
    scores[np.isnan(scores).any(axis=1)] = np.nan
    merit = area_merit(is_fake, scores)
    covariance = delong_covariance(merit)
    areas = areas_of(merit)
    value = float(merit.values[0] - merit.values[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    difference, z = _difference(value, variance, areas[0])
    return AreasCompared(areas[0], areas[1], difference, z)


def _difference(value: float, variance: float, of: Estimate) -> tuple[Estimate, float]:
    population = Population.THESE_READERS
    if not of.is_defined:
        return undefined(of.reason, n=of.n, population=population), NAN
    if np.isnan(variance) or variance < 1e-18:
        why = ONE_OF_A_KIND if np.isnan(variance) else SEPARATED
        return Estimate(value, NAN, NAN, of.n, population, why), NAN
    error = variance**0.5
    low, high = max(-1.0, value - Z * error), min(1.0, value + Z * error)
    p = 2 * float(ndtr(-abs(value) / error))
    return Estimate(value, low, high, of.n, population, se=error, p=p, df=np.inf), value / error


def _area(merit: Areas, test: int, variance: float, p: float) -> Estimate:
    value, population = float(merit.values[test]), Population.THIS_READER
    n_fakes, n_reals = int((merit.fakes[test] >= 0).sum()), int((merit.reals[test] >= 0).sum())
    n = n_fakes + n_reals
    if not n_fakes or not n_reals:
        return undefined(NO_REAL if n_fakes else NO_FAKE, n=n, population=population)
    if np.isnan(variance) or variance < 1e-18:
        why = ONE_OF_A_KIND if np.isnan(variance) else SEPARATED
        return Estimate(value, NAN, NAN, n, population, why, p=p, se=abs(variance) ** 0.5)
    error = variance**0.5
    low, high = max(0.0, value - Z * error), min(1.0, value + Z * error)
    return Estimate(value, low, high, n, population, se=error, p=p, df=np.inf)


def _against_chance(merit: Areas) -> list[float]:
    of_fakes, of_reals = (level_counts(codes, merit.n_levels) for codes in (merit.fakes, merit.reals))
    return [rank_sum_of_counts(*counts).p for counts in zip(of_fakes, of_reals, strict=True)]


def _column(scores: ArrayLike) -> FloatArray:
    return np.asarray(scores, dtype=float)[:, None]


def _by_truth(is_fake: ArrayLike, scores: ArrayLike) -> tuple[FloatArray, FloatArray]:
    truth, values = np.asarray(is_fake), np.asarray(scores, dtype=float)
    if truth.ndim != 1 or truth.shape != values.shape:
        raise ValueError(f"give one truth and one score per image, got shapes {truth.shape} and {values.shape}")
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("is_fake must hold only True and False: leave out images of unknown truth")
    known = ~np.isnan(values)
    fakes = truth.astype(bool)
    return values[known & fakes], values[known & ~fakes]
