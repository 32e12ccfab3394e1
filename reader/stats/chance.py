"""Agreement expected by chance, each author's way: one formula each, for one data set or for thousands at once.

Every function takes leading axes for data sets, so that a point estimate and its resamples share the formula.
"""

import numpy as np

from reader.stats.verdicts import FloatArray

NEARLY_ALL = 1 - 1e-12
"""Agreement by chance from here on leaves no room for agreement beyond it."""


def beyond_chance(observed: FloatArray, by_chance: FloatArray) -> FloatArray:
    """Observed agreement on the scale where chance is 0 and full agreement 1; ``nan`` where chance leaves no room."""
    room = np.where(by_chance < NEARLY_ALL, 1 - by_chance, np.nan)
    return (observed - by_chance) / room


def by_declared_categories(weights: FloatArray) -> FloatArray:
    """All declared categories equally likely (Brennan and Prediger 1981, Educ. Psychol. Meas. 41:687-699)."""
    return np.asarray(weights.mean())


def by_doubtful_images(prevalence: FloatArray, weights: FloatArray) -> FloatArray:
    """Chance only where readers guess (Gwet 2008, Br. J. Math. Stat. Psychol. 61:29-48, eq. 8, and AC2).

    Parameters
    ----------
    prevalence : ndarray of float, shape (..., n_categories)
        Share of each category, averaged over images.
    weights : ndarray of float, shape (n_categories, n_categories)

    Returns
    -------
    ndarray of float, shape (...)
    """
    spread: FloatArray = guessing_rate(weights) * (prevalence * (1 - prevalence)).sum(axis=-1)
    return spread


def guessing_rate(weights: FloatArray) -> float:
    """Factor of Gwet's chance term: total weight over ordered pairs of different categories; 0 for one category."""
    q = len(weights)
    return float(weights.sum() / (q * (q - 1))) if q > 1 else 0.0


def by_pooled_habits(prevalence: FloatArray, weights: FloatArray) -> FloatArray:
    """Every reader draws from the pooled shares (Scott 1955, Public Opin. Q. 19:321-325; Fleiss 1971).

    Shapes as in `by_doubtful_images`.
    """
    chance: FloatArray = ((prevalence @ weights) * prevalence).sum(axis=-1)
    return chance


def by_own_habits(habits: FloatArray, copies: FloatArray, weights: FloatArray) -> FloatArray:
    """Each of two readers draws from his own shares, averaged over pairs (Conger 1980, Psychol. Bull. 88:322-328).

    Parameters
    ----------
    habits : ndarray of float, shape (..., n_readers, n_categories)
        Each reader's shares over what he read.
    copies : ndarray of float, shape (..., n_readers)
        How often each reader stands in the data set; copies of one reader are never paired with each other.
    weights : ndarray of float, shape (n_categories, n_categories)

    Returns
    -------
    ndarray of float, shape (...)
        ``nan`` with fewer than two different readers.
    """
    total = (copies[..., None] * habits).sum(axis=-2)
    everybody = by_pooled_habits(total, weights)
    with_himself = (copies**2 * by_pooled_habits(habits, weights)).sum(axis=-1)
    pairs = copies.sum(axis=-1) ** 2 - (copies**2).sum(axis=-1)
    chance: FloatArray = (everybody - with_himself) / np.where(pairs > 0, pairs, np.nan)
    return chance
