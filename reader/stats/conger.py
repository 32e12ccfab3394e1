"""Conger's kappa: Cohen's for any number of readers, where chance follows each reader's own habits."""

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.agreement import ONE_CATEGORY
from reader.stats.chance import by_own_habits
from reader.stats.counts import read_images
from reader.stats.estimate import Estimate, Population, undefined
from reader.stats.linearised import chance_corrected
from reader.stats.verdicts import MISSING, FloatArray, IntArray, checked_codes, count_table, indicators, reader_totals
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
    said = checked_codes(codes, n_categories)
    matrix = agreement_weights(weights, n_categories)
    said = said[(said != MISSING).any(axis=1)]
    said = said[:, (said != MISSING).any(axis=0)]
    images = read_images(count_table(said, n_categories), matrix)
    if images.refusal:
        return undefined(images.refusal, n=images.n_compared, population=Population.THESE_READERS)
    totals = reader_totals(said, n_categories).astype(float)
    habits = totals / totals.sum(axis=1, keepdims=True)
    chance = float(by_own_habits(habits, np.ones(len(habits)), matrix))
    pulls = 2 * _pulls(said, habits, matrix)
    return chance_corrected(images, chance, pulls, none=ONE_CATEGORY)


def _pulls(said: IntArray, habits: FloatArray, matrix: FloatArray) -> FloatArray:
    """What each image adds to chance through the habits of those who read it, up to a constant."""
    n_readers = len(habits)
    of_others = (habits.sum(axis=0) - habits) @ matrix / (n_readers * (n_readers - 1))
    centred = of_others - (of_others * habits).sum(axis=1, keepdims=True)
    centred *= len(said) / (said != MISSING).sum(axis=0)[:, None]
    ones = indicators(said, habits.shape[1])
    pulls: FloatArray = ones.reshape(len(said), -1) @ centred.T.ravel()
    return pulls
