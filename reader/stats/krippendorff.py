"""Krippendorff's alpha: disagreement observed between verdicts on one image, over that between all verdicts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.agreement import ONE_CATEGORY
from reader.stats.counts import NO_PAIRS, NO_VERDICTS, checked_counts
from reader.stats.estimate import Estimate, Population, undefined
from reader.stats.linearised import images_as_a_sample
from reader.stats.verdicts import FloatArray
from reader.stats.weights import Metric, span_shares, squared_distances


def krippendorff_alpha(
    counts: ArrayLike, metric: Metric = Metric.NOMINAL, values: Sequence[float] | None = None
) -> Estimate:
    """Krippendorff's alpha of any number of readers, who need not all have read every image.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        Readers who put each image into each category, as `count_table` gives it. Images read by fewer than two
        readers are left out, as in Krippendorff.
    metric : Metric
        How far apart categories are. `ORDINAL` is Krippendorff's own and depends on the data.
    values : sequence of float, length n_categories
        The number that each category stands for; the declared ranks 1, 2, ... where absent.

    Returns
    -------
    Estimate
        Dimensionless, at most 1; `n` is the number of images with two verdicts or more. `se` is the large-sample
        one over images with readers held fixed, to first order in all that an image adds, the ordinal distances
        among it. Undefined where no image has two verdicts, or all pairable verdicts are the same. No interval
        where the standard error is 0, or where a single image has two verdicts.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0, or as `squared_distances`.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section D.
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5: the variance, for fixed distances.
    """
    table = checked_counts(counts).astype(float)
    if not table.any():
        return undefined(NO_VERDICTS, n=0, population=Population.THESE_READERS)
    table = table[table.sum(axis=1) >= 2]
    if len(table) == 0:
        return undefined(NO_PAIRS, n=0, population=Population.THESE_READERS)
    value = float(alpha_of(coincidences_of(table), metric, values))
    if np.isnan(value):
        return undefined(ONE_CATEGORY, n=len(table), population=Population.THESE_READERS)
    deviations = len(table) * _added(table, metric, values)
    return images_as_a_sample(value, deviations, n=len(table), are_pairs=bool((table.sum(axis=1) == 2).all()))


def coincidences_of(table: FloatArray) -> FloatArray:
    """Coincidence matrix of images that all have two verdicts or more.

    Parameters
    ----------
    table : ndarray of float, shape (n_images, n_categories)

    Returns
    -------
    ndarray of float, shape (n_categories, n_categories)
        Pairs of verdicts, each image giving as many as it has verdicts.
    """
    shared = table / (table.sum(axis=1, keepdims=True) - 1)
    coincidences: FloatArray = table.T @ shared - np.diag(shared.sum(axis=0))
    return coincidences


def alpha_of(coincidences: FloatArray, metric: Metric, values: Sequence[float] | None = None) -> FloatArray:
    """Alpha of one coincidence matrix or of thousands.

    Parameters
    ----------
    coincidences : ndarray of float, shape (..., n_categories, n_categories)
    metric, values
        As for `krippendorff_alpha`.

    Returns
    -------
    ndarray of float, shape (...)
        ``nan`` where all verdicts are the same.
    """
    used = coincidences.sum(axis=-1)
    distances = squared_distances(metric, used, values)
    observed = (coincidences * distances).sum(axis=(-2, -1))
    expected = ((used[..., None, :] @ distances)[..., 0, :] * used).sum(axis=-1)
    alphas: FloatArray = 1 - (used.sum(axis=-1) - 1) * observed / np.where(expected > 0, expected, np.nan)
    return alphas


def _added(table: FloatArray, metric: Metric, values: Sequence[float] | None) -> FloatArray:
    """What each image adds to alpha, to first order; sums to 0."""
    readers, coincidences = table.sum(axis=1), coincidences_of(table)
    used = table.sum(axis=0)
    distances = squared_distances(metric, used, values)
    observed, expected = float((coincidences * distances).sum()), float(used @ distances @ used)
    own = ((table @ distances) * table).sum(axis=1) / (readers - 1)
    of_observed = own + table @ _moved(coincidences, used, metric)
    of_expected = 2 * table @ distances @ used + table @ _moved(np.outer(used, used), used, metric)
    n = float(used.sum())
    added: FloatArray = -(n * of_observed + observed * readers) / expected + n * observed * of_expected / expected**2
    return added


def _moved(pairs: FloatArray, used: FloatArray, metric: Metric) -> FloatArray:
    """By how much one more verdict in each category moves the distances of these pairs: only ordinal ones move."""
    if metric != Metric.ORDINAL:
        return np.zeros(len(used))
    shares = span_shares(len(used))
    moved: FloatArray = np.einsum("kl,klg->g", 2 * pairs * (shares @ used), shares)
    return moved
