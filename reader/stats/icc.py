"""Intraclass correlations: agreement of ratings that are numbers, in the six forms of Shrout and Fleiss."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined
from reader.stats.verdicts import FloatArray

TOO_FEW_READERS = "A single reader has nobody to agree with."
TOO_FEW_IMAGES = "Fewer than two images have been read by every reader, so there is no spread between images."
CONSTANT = "Every rating is the same, so the share of variance between images is undefined."
NO_VARIANCE = "The variance that this form divides by is estimated as 0 or less, so it has no value."
NO_INTERVAL = "Variances estimated as 0 or less (parallel ratings, a handful of images) leave no interval."
LEFT_OUT = "Left out: {n} images that not every reader has read."


class IccForm(StrEnum):
    """Model of Shrout and Fleiss, and whether one reader's rating is meant or the mean of all *k*."""

    ONE_WAY = "ICC(1,1)"
    RANDOM_READERS = "ICC(2,1)"
    FIXED_READERS = "ICC(3,1)"
    ONE_WAY_MEAN = "ICC(1,k)"
    RANDOM_READERS_MEAN = "ICC(2,k)"
    FIXED_READERS_MEAN = "ICC(3,k)"


POPULATION_OF = {
    form: Population.THESE_READERS if form.startswith("ICC(3") else Population.READERS_AND_IMAGES for form in IccForm
}


@dataclass(frozen=True)
class MeanSquares:
    """Two-way analysis of variance of `n` images by `k` readers; mean squares in squared units of the ratings."""

    n: int
    k: int
    images: float
    readers: float
    within: float
    error: float


def intraclass_correlations(ratings: ArrayLike) -> dict[IccForm, Estimate]:
    """All six forms, from images that every reader has rated.

    Parameters
    ----------
    ratings : array_like of float, shape (n_images, n_readers)
        Numbers, or codes of ordered categories taken as numbers; ``nan`` where missing. An image with a missing
        rating is left out, and a warning says how many are.

    Returns
    -------
    dict of IccForm to Estimate
        Dimensionless, at most 1, may be negative; `n` is the number of images used. Interval from the F
        distribution, for the second model with Satterthwaite's degrees of freedom; no standard error. Undefined with
        a single reader, with fewer than two such images, or where all ratings are the same.

    Raises
    ------
    ValueError
        If `ratings` is not a matrix, or holds an infinite number.

    References
    ----------
    Shrout and Fleiss (1979), Psychol. Bull. 86:420-428. doi:10.1037/0033-2909.86.2.420
    McGraw and Wong (1996), Psychol. Methods 1:30-46. doi:10.1037/1082-989X.1.1.30
    """
    table = np.asarray(ratings, dtype=float)
    if table.ndim != 2 or np.isinf(table).any():
        raise ValueError(f"ratings must be finite numbers of shape (n_images, n_readers), got shape {table.shape}")
    complete = table[~np.isnan(table).any(axis=1)]
    refusal = _refusal(complete)
    if refusal:
        return {form: undefined(refusal, n=len(complete), population=POPULATION_OF[form]) for form in IccForm}
    left_out = len(table) - len(complete)
    warning = LEFT_OUT.format(n=left_out) if left_out else ""
    squares = mean_squares(complete)
    return {form: _estimate(form, squares, warning) for form in IccForm}


def mean_squares(ratings: FloatArray) -> MeanSquares:
    """Analysis of variance of a complete matrix of at least two images by two readers."""
    n, k = ratings.shape
    centred = ratings - ratings.mean()
    of_image, of_reader = centred.mean(axis=1, keepdims=True), centred.mean(axis=0, keepdims=True)
    return MeanSquares(
        n=n,
        k=k,
        images=k * _unless_rounding(of_image, centred) / (n - 1),
        readers=n * _unless_rounding(of_reader, centred) / (k - 1),
        within=_unless_rounding(centred - of_image, centred) / (n * (k - 1)),
        error=_unless_rounding(centred - of_image - of_reader, centred) / ((n - 1) * (k - 1)),
    )


def _unless_rounding(part: FloatArray, centred: FloatArray) -> float:
    """Sum of squares, exactly 0 where only rounding keeps it from that."""
    square = float((part**2).sum())
    return 0.0 if square < 1e-24 * float((centred**2).sum()) else square


def _refusal(complete: FloatArray) -> str:
    if complete.shape[1] < 2:
        return TOO_FEW_READERS
    if len(complete) < 2:
        return TOO_FEW_IMAGES
    return CONSTANT if np.ptp(complete) == 0 else ""


def _estimate(form: IccForm, squares: MeanSquares, warning: str) -> Estimate:
    single, interval = MODELS[form[:5]]
    value, ends = single(squares), interval(squares)
    if form.endswith("k)"):
        value, ends = _of_mean(value, squares.k), (_of_mean(ends[0], squares.k), _of_mean(ends[1], squares.k))
    population = POPULATION_OF[form]
    if np.isnan(value):
        return undefined(NO_VARIANCE, n=squares.n, population=population)
    if not np.isfinite(ends).all():
        return Estimate(value, NAN, NAN, squares.n, population, NO_INTERVAL, warning=warning)
    return Estimate(value, ends[0], ends[1], squares.n, population, warning=warning)


def _of_mean(single: float, k: int) -> float:
    """Spearman (1910) and Brown (1910): from one rating to the mean of *k*."""
    below = 1 + (k - 1) * single
    return _ratio(k * single, below)


def _ratio(part: float, whole: float) -> float:
    """Of variances; ``nan`` where the whole is estimated as none or less, as it may be from a handful of ratings."""
    return float(part / whole) if whole > 1e-12 * abs(part) else NAN


def _one_way(s: MeanSquares) -> float:
    return _ratio(s.images - s.within, s.images + (s.k - 1) * s.within)


def _random_readers(s: MeanSquares) -> float:
    return _ratio(s.images - s.error, s.images + (s.k - 1) * s.error + s.k * (s.readers - s.error) / s.n)


def _fixed_readers(s: MeanSquares) -> float:
    return _ratio(s.images - s.error, s.images + (s.k - 1) * s.error)


def _one_way_interval(s: MeanSquares) -> tuple[float, float]:
    return _by_f(s.images, s.within, s.n - 1, s.n * (s.k - 1), s.k)


def _fixed_readers_interval(s: MeanSquares) -> tuple[float, float]:
    return _by_f(s.images, s.error, s.n - 1, (s.n - 1) * (s.k - 1), s.k)


def _by_f(between: float, error: float, df: int, df_error: int, k: int) -> tuple[float, float]:
    if 0 in (between, error):
        return NAN, NAN
    low = between / error / fdtri(df, df_error, UPPER_TAIL)
    high = between / error * fdtri(df_error, df, UPPER_TAIL)
    return float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1))


def _random_readers_interval(s: MeanSquares) -> tuple[float, float]:
    """Shrout and Fleiss (1979), p. 424, with Satterthwaite's degrees of freedom."""
    if s.error == 0 or math.isnan(_random_readers(s)):
        return NAN, NAN
    n, k, icc, f = s.n, s.k, _random_readers(s), s.readers / s.error
    rest = n * (1 + (k - 1) * icc) - k * icc
    df = _ratio((k - 1) * (n - 1) * (k * icc * f + rest) ** 2, (n - 1) * (k * icc * f) ** 2 + rest**2)
    upper, lower = fdtri(n - 1, df, UPPER_TAIL), fdtri(df, n - 1, UPPER_TAIL)
    spread = k * s.readers + (k * n - k - n) * s.error
    low = _ratio(n * (s.images - upper * s.error), upper * spread + n * s.images)
    return low, _ratio(n * (lower * s.images - s.error), spread + n * lower * s.images)


MODELS: dict[str, tuple[Callable[[MeanSquares], float], Callable[[MeanSquares], tuple[float, float]]]] = {
    "ICC(1": (_one_way, _one_way_interval),
    "ICC(2": (_random_readers, _random_readers_interval),
    "ICC(3": (_fixed_readers, _fixed_readers_interval),
}
