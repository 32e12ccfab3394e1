"""From what each image adds to a coefficient to its standard error over images, and the interval from that."""

import math

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from reader.stats.chance import beyond_chance
from reader.stats.counts import ReadImages
from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined
from reader.stats.verdicts import FloatArray

NORMAL = float(ndtri(UPPER_TAIL))
"""Normal quantile of the two-sided interval."""

NO_SPREAD = "The large-sample standard error is 0 here (perfect or fixed agreement), so it gives no interval."
ONE_IMAGE = "A single image gives no interval."


def chance_corrected(
    images: ReadImages, chance: float, pulls: FloatArray, *, none: str, null_error: float = NAN
) -> Estimate:
    """Agreement beyond `chance`, with images as a sample and readers as fixed.

    Parameters
    ----------
    images : ReadImages
    chance : float
        Agreement by chance.
    pulls : ndarray of float, shape (n,)
        What each image adds to chance, to first order and up to a constant.
    none : str
        Why the coefficient is undefined where chance leaves no room.
    null_error : float
        Standard error under no agreement beyond chance, from which `p` comes; ``nan`` for no test.

    Returns
    -------
    Estimate
        As `images_as_a_sample`.
    """
    n = images.n_compared
    if images.refusal:
        return undefined(images.refusal, n=n, population=Population.THESE_READERS)
    value = float(beyond_chance(images.agreeing[images.compared].mean(), np.asarray(chance)))
    if np.isnan(value):
        return undefined(none, n=n, population=Population.THESE_READERS)
    observed = np.where(images.compared, images.agreeing - chance, 0.0) * len(images.counts) / n
    deviations = (observed - (1 - value) * (pulls - pulls.mean())) / (1 - chance) - value
    p = two_sided_p(value / null_error) if null_error > 0 else NAN
    return images_as_a_sample(value, deviations, n=n, are_pairs=images.are_pairs, p=p)


def images_as_a_sample(
    value: float, deviations: FloatArray, *, n: int, are_pairs: bool, floor: float = -math.inf, p: float = NAN
) -> Estimate:
    """An estimate whose interval treats images as a sample and readers as fixed.

    Parameters
    ----------
    value : float
        The coefficient, at most 1.
    deviations : ndarray of float, shape (n_images,)
        What each image adds to `value`, less `value`: their mean is 0.
    n : int
        Images with two verdicts or more.
    are_pairs : bool
        Whether every image has exactly two verdicts. The data are then one cross table, whose multinomial variance
        divides by the number of images, as that of Cohen's kappa does; else one degree of freedom is taken off.
    floor : float
        Where the interval is cut from below; from above it is cut at 1.
    p : float
        Of a test of no agreement beyond chance, where there is one.

    Returns
    -------
    Estimate
        Student's interval with as many degrees of freedom as images, less one. No interval where the standard error
        is 0 or `n` is 1.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5; Gwet (2021), Educ. Psychol. Meas. 81:781-790.
    """
    if n < 2:
        return Estimate(value, NAN, NAN, n, Population.THESE_READERS, ONE_IMAGE)
    error = standard_error(deviations, are_pairs=are_pairs)
    if error == 0:
        return Estimate(value, NAN, NAN, n, Population.THESE_READERS, NO_SPREAD, se=0.0, p=p)
    df = len(deviations) - 1
    low, high = student_interval(value, error, df=df, floor=floor)
    return Estimate(value, low, high, n, Population.THESE_READERS, se=error, p=p, df=df)


def standard_error(deviations: FloatArray, *, are_pairs: bool) -> float:
    """Of a mean whose terms deviate from it by `deviations`; exactly 0 where only rounding moves them."""
    n = len(deviations)
    spread = float((deviations**2).sum())
    return 0.0 if spread < 1e-14 * n else (spread / (n * (n if are_pairs else n - 1))) ** 0.5


def student_interval(value: float, error: float, *, df: float, floor: float = -math.inf) -> tuple[float, float]:
    """Two-sided 95 % interval, normal where `df` is infinite, cut at `floor` and at 1."""
    quantile = NORMAL if math.isinf(df) else float(stdtrit(df, UPPER_TAIL))
    half = quantile * error
    return max(floor, value - half), min(1.0, value + half)


def two_sided_p(z: float, df: float = math.inf) -> float:
    """Of a statistic that is normal, or Student's with `df` degrees of freedom, where there is no effect."""
    return float(2 * (ndtr(-abs(z)) if math.isinf(df) else stdtr(df, -abs(z))))
