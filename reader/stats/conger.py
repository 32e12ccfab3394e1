"""Conger's kappa: Cohen's for any number of readers, where chance follows each reader's own habits."""

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.agreement import ONE_CATEGORY
from reader.stats.chance import by_own_habits
from reader.stats.counts import read_images
from reader.stats.estimate import Estimate, Population, undefined
from reader.stats.linearised import chance_corrected
from reader.stats.verdicts import FloatArray, count_table, indicators
from reader.stats.weights import Weights, agreement_weights


def conger_kappa(codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Conger's kappa, who need not all have read every image; of two readers on complete data it is Cohen's.

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
        Dimensionless, at most 1; `n` is the number of images with two verdicts or more; `se` is Gwet's over images
        with readers held fixed. Readers without a verdict count nowhere. Undefined where no image has two verdicts,
        or all verdicts are the same.

    Raises
    ------
    ValueError
        As `count_table`.

    References
    ----------
    Conger (1980), Psychol. Bull. 88:322-328. doi:10.1037/0033-2909.88.2.322
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5: variance with missing ratings.
    """
    ones, matrix = indicators(codes, n_categories), agreement_weights(weights, n_categories)
    counts = count_table(codes, n_categories)
    images = read_images(counts, matrix)
    if images.refusal:
        return undefined(images.refusal, n=images.n_compared, population=Population.THESE_READERS)
    flat = ones.reshape(len(ones), -1)
    totals = (np.ones(len(flat), np.float32) @ flat).reshape(n_categories, -1).T.astype(float)
    said = np.maximum(totals.sum(axis=1, keepdims=True), 1)
    habits, reads = totals / said, totals.any(axis=1)
    chance = float(by_own_habits(habits, reads.astype(float), matrix))
    added = _added_by_a_verdict(habits, int(reads.sum()), matrix) * len(images.counts) / said
    pulls = (flat @ added.T.ravel())[counts.any(axis=1)]
    return chance_corrected(images, chance, 2 * pulls, none=ONE_CATEGORY)


def _added_by_a_verdict(habits: FloatArray, n_readers: int, matrix: FloatArray) -> FloatArray:
    """What one verdict adds to chance through its reader's habits, less what they add on average; same shape."""
    of_others = (habits.sum(axis=0) - habits) @ matrix / (n_readers * (n_readers - 1))
    added: FloatArray = of_others - (of_others * habits).sum(axis=1, keepdims=True)
    return added
