"""All readers together: percent agreement and Fleiss' kappa from the count table, missing verdicts allowed."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined
from reader.stats.proportions import proportion
from reader.stats.verdicts import FloatArray, IntArray

POPULATION = Population.THESE_READERS
NO_VERDICTS = "No verdict has been given."
NO_PAIRS = "No image has been read by two readers, so there is nothing to compare."
ONE_CATEGORY = "Every verdict is the same, so agreement beyond chance is undefined."
NO_SPREAD = "The large-sample standard error is 0 here (perfect or fixed agreement), so it gives no interval."
ONE_IMAGE = "A single image gives no interval."


def percent_agreement(counts: ArrayLike) -> Estimate:
    """Share of pairs of readers who gave an image the same verdict, averaged over images.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        Readers who put each image into each category, as `count_table` gives it. Images read by fewer than two
        readers say nothing on agreement and are left out of the mean.

    Returns
    -------
    Estimate
        Share in [0, 1]; `n` is the number of images with two verdicts or more. Where every image shows full
        agreement or none (always so with two readers) images are single trials, so the interval is Wilson's and
        `se` the binomial one. Else `se` is Gwet's large-sample one over images, and the interval Student's with as
        many degrees of freedom as images read, less one, cut at 0 and 1. Undefined where no image has two verdicts.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Fleiss (1971), Psychol. Bull. 76:378-382. doi:10.1037/h0031619
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5.
    """
    table = _read_images(counts)
    refusal = _why_nothing_to_compare(table)
    if refusal:
        return undefined(refusal, n=0, population=POPULATION)
    shares, compared = _agreement_per_image(table)
    n, value = int(compared.sum()), float(shares[compared].mean())
    agreed, split = int((shares[compared] == 1).sum()), int((shares[compared] == 0).sum())
    if agreed + split == n:
        return proportion(agreed, n, population=POPULATION, none=NO_PAIRS)
    error = _standard_error(np.where(compared, shares, 0.0) * len(table) / n, value)
    return _with_interval(value, error, n=n, df=len(table) - 1, floor=0.0)


def fleiss_kappa(counts: ArrayLike) -> Estimate:
    """Fleiss' kappa of any number of readers, who need not all have read every image.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        Readers who put each image into each category, as `count_table` gives it. Images read by one reader count
        towards the shares of the categories, not towards observed agreement; unread images count nowhere.

    Returns
    -------
    Estimate
        Kappa, dimensionless, at most 1; it may fall below -1 where few images were read by two readers. `n` is
        the number of images with two verdicts or more. `se` is Gwet's large-sample one over images with readers
        held fixed, *not* that of Fleiss (1971, 1979) under the hypothesis of no agreement, which is right for a
        test against 0 and too small for an interval. The interval is Student's with as many degrees of freedom as
        images read, less one, cut at 1. Undefined where no image has two verdicts or all verdicts are the same.
        No interval where the standard error is 0, or where a single image has two verdicts.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Fleiss (1971), Psychol. Bull. 76:378-382. doi:10.1037/h0031619
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5: variance with missing ratings.
    Gwet (2021), Educ. Psychol. Meas. 81:781-790: the same variance. doi:10.1177/0013164420973080
    """
    table = _read_images(counts)
    refusal = _why_nothing_to_compare(table)
    if refusal:
        return undefined(refusal, n=0, population=POPULATION)
    shares, compared = _agreement_per_image(table)
    n = int(compared.sum())
    if (table.sum(axis=0) > 0).sum() == 1:
        return undefined(ONE_CATEGORY, n=n, population=POPULATION)
    within = table / table.sum(axis=1, keepdims=True)
    prevalence = within.mean(axis=0)
    chance = float(prevalence @ prevalence)
    value = float((shares[compared].mean() - chance) / (1 - chance))
    observed = np.where(compared, shares - chance, 0.0) * len(table) / n
    pull = 2 * (1 - value) * (within @ prevalence - chance)
    return _with_interval(
        value,
        _standard_error((observed - pull) / (1 - chance), value),
        n=n,
        df=len(table) - 1,
        floor=-math.inf,
    )


def _read_images(counts: ArrayLike) -> IntArray:
    """The rows that hold a verdict."""
    table = np.asarray(counts)
    if table.ndim != 2 or table.shape[1] == 0:
        raise ValueError(f"counts must have shape (n_images, n_categories), got {table.shape}")
    if not np.issubdtype(table.dtype, np.integer) or (table < 0).any():
        raise ValueError("counts must be whole numbers of readers, none below 0")
    read: IntArray = table[table.sum(axis=1) > 0].astype(np.int64)
    return read


def _why_nothing_to_compare(table: IntArray) -> str:
    if len(table) == 0:
        return NO_VERDICTS
    return "" if (table.sum(axis=1) >= 2).any() else NO_PAIRS


def _agreement_per_image(table: IntArray) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Share of agreeing pairs of each image (0 where there is no pair), and which images have a pair."""
    readers = table.sum(axis=1)
    pairs = readers * (readers - 1)
    agreeing = (table * (table - 1)).sum(axis=1)
    return agreeing / np.maximum(pairs, 1), pairs > 0


def _standard_error(per_image: FloatArray, value: float) -> float:
    """Of the mean of per-image contributions that average to `value`; ``nan`` for a single image."""
    n = len(per_image)
    if n < 2:
        return NAN
    spread = float(((per_image - value) ** 2).sum())
    return 0.0 if spread < 1e-14 * n else (spread / (n * (n - 1))) ** 0.5


def _with_interval(value: float, error: float, *, n: int, df: int, floor: float) -> Estimate:
    if n < 2:
        return Estimate(value, NAN, NAN, n, POPULATION, ONE_IMAGE)
    if error == 0:
        return Estimate(value, NAN, NAN, n, POPULATION, NO_SPREAD, se=0.0)
    half = float(stdtrit(df, UPPER_TAIL)) * error
    return Estimate(value, max(floor, value - half), min(1.0, value + half), n, POPULATION, se=error)
