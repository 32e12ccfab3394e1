"""Light's kappa: the mean of Cohen's kappas over all pairs of readers, and its error over images."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader.stats.cohen import kappas_of
from reader.stats.counts import NO_PAIRS, NO_VERDICTS
from reader.stats.estimate import Estimate, Population, undefined
from reader.stats.linearised import images_as_a_sample
from reader.stats.verdicts import MISSING, FloatArray, IntArray, checked_codes, indicators, pair_tables
from reader.stats.weights import Weights, agreement_weights

UNDEFINED_PAIR = "The kappa of {n} of {all} pairs is undefined: both gave every image they share the same verdict."


def light_kappa(codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Light's kappa: the mean of Cohen's over all pairs of readers with an image in common.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers)
        Category codes, or `MISSING`, as `encode_verdicts` gives them.
    n_categories : int
        How many categories are declared, used or not.
    weights : Weights
        Credit for near misses.

    Returns
    -------
    Estimate
        Dimensionless, in [-1, 1]; `n` is the number of images with two verdicts or more; `se` is the large-sample
        one over images with readers held fixed, covariances between pairs included. Undefined where no image has
        two verdicts, or where the kappa of any pair is undefined, since a mean without it would be of other pairs.

    Raises
    ------
    ValueError
        As `count_table`.

    References
    ----------
    Light (1971), Psychol. Bull. 76:365-377. doi:10.1037/h0031643
    Fleiss, Cohen and Everitt (1969), Psychol. Bull. 72:323-327: what each image adds to one kappa.
    """
    said = checked_codes(codes, n_categories)
    compared = (said != MISSING).sum(axis=1) >= 2
    n = int(compared.sum())
    if n == 0:
        refusal = NO_PAIRS if (said != MISSING).any() else NO_VERDICTS
        return undefined(refusal, n=0, population=Population.THESE_READERS)
    tables, matrix = pair_tables(said, n_categories), agreement_weights(weights, n_categories)
    kappas, met = kappas_of(tables, matrix), tables.sum(axis=(-2, -1)) > 0
    np.fill_diagonal(met, False)
    lost = int((np.isnan(kappas) & met).sum()) // 2
    if lost:
        reason = UNDEFINED_PAIR.format(n=lost, all=int(met.sum()) // 2)
        return undefined(reason, n=n, population=Population.THESE_READERS)
    value = float(kappas[met].mean())
    added = _added(said[compared], tables, np.where(met, kappas, 0.0), met, matrix)
    return images_as_a_sample(
        value, n * added, n=n, are_pairs=bool(((said[compared] != MISSING).sum(axis=1) == 2).all()), floor=-1.0
    )


def _added(
    said: IntArray, tables: IntArray, kappas: FloatArray, met: NDArray[np.bool_], matrix: FloatArray
) -> FloatArray:
    """What each image adds to the mean, to first order; sums to 0.

    Image *i*, that *g* called *k* and *h* called *l*, adds to their kappa ``w[k, l] - observed`` less ``1 - kappa``
    times ``pull[h, k] + pull[g, l] - 2 chance``, over its room and the images that both have read.
    """
    n_pairs = met.sum()
    n = np.maximum(tables.sum(axis=(-2, -1)), 1)
    habits = tables.sum(axis=-1) / n[..., None]
    pulls = np.swapaxes(habits, 0, 1) @ matrix
    chance = (pulls * habits).sum(axis=-1)
    observed = (tables * matrix).sum(axis=(-2, -1)) / n
    scale = np.where(met, 1 / (np.where(met, 1 - chance, 1.0) * n * n_pairs), 0.0)
    by_verdict = -2 * (scale * (1 - kappas))[..., None] * pulls
    constant = scale * (2 * (1 - kappas) * chance - observed)
    return _sum_over_pairs(indicators(said, len(matrix)), scale, by_verdict + constant[..., None], matrix)


def _sum_over_pairs(
    ones: NDArray[np.float32], scale: FloatArray, by_verdict: FloatArray, matrix: FloatArray
) -> FloatArray:
    """Sum over ordered pairs *g*, *h* who read image *i* of ``scale w[k, l] + by_verdict[g, h, k]``."""
    read = ones.sum(axis=1)
    total = np.zeros(len(ones))
    for k in range(len(matrix)):
        credited = np.tensordot(matrix[k], ones, axes=(0, 1)) @ scale
        total += (ones[:, k] * (credited + read @ by_verdict[..., k].T)).sum(axis=1)
    return total
