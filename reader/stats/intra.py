"""Readers against themselves: agreement of each reader's verdicts on images that were shown to him again."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.coefficients import Coefficient, coefficients
from reader.stats.estimate import NAN, Estimate, Population, undefined
from reader.stats.light import light_kappa
from reader.stats.linearised import NO_SPREAD, student_interval
from reader.stats.verdicts import MISSING, IntArray
from reader.stats.weights import Weights

NO_REPEATS = "No image has been shown to this reader twice."
NO_READER = "No reader has a defined value."
ONE_READER = "A single reader gives no interval over readers."
KAPPA = "cohen_kappa"


def intra_reader(codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY) -> list[dict[str, Estimate]]:
    """How each reader agrees with himself.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers, n_occasions)
        Category codes, or `MISSING`, as `encode_verdicts` gives them; an image that was not repeated has one.
    n_categories : int
        How many categories are declared, used or not.
    weights : Weights
        Credit for near misses.

    Returns
    -------
    list of dict of str to Estimate
        One per reader: the names of `Coefficient`, between the occasions as else between readers, and
        ``"cohen_kappa"``, the mean over pairs of occasions. Images shown once are left out, so that they do not
        move agreement by chance. `n` is the number of images shown twice or more.

    Raises
    ------
    ValueError
        If `codes` has another number of axes, or as `count_table`.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 7: the coefficients on replicates of one rater.
    """
    said = np.asarray(codes)
    if said.ndim != 3:
        raise ValueError(f"codes must have shape (n_images, n_readers, n_occasions), got {said.shape}")
    return [_of_one(said[:, reader], n_categories, weights) for reader in range(said.shape[1])]


def mean_over_readers(each: list[Estimate]) -> Estimate:
    """The mean of one coefficient over readers who have it, with Student's interval over readers.

    Parameters
    ----------
    each : list of Estimate
        The same coefficient of every reader.

    Returns
    -------
    Estimate
        `n` is the number of readers in the mean. Readers are the sample here, images are fixed. Pooling the repeats
        of all readers instead would take one reader's habits for many independent observations.
    """
    values = np.array([one.value for one in each if one.is_defined])
    n, population = len(values), Population.READERS_LIKE_THESE
    if n == 0:
        return undefined(NO_READER, n=0, population=population)
    value = float(values.mean())
    if n == 1:
        return Estimate(value, NAN, NAN, n, population, ONE_READER)
    error = float(values.std(ddof=1)) / n**0.5
    if error < 1e-12:
        return Estimate(value, NAN, NAN, n, population, NO_SPREAD, se=0.0)
    low, high = student_interval(value, error, df=n - 1)
    left_out = len(each) - n
    warning = f"Readers left out for want of a defined value: {left_out}." if left_out else ""
    return Estimate(value, low, high, n, population, se=error, df=n - 1, warning=warning)


def _of_one(said: IntArray, n_categories: int, weights: Weights) -> dict[str, Estimate]:
    repeated = said[(said != MISSING).sum(axis=1) >= 2]
    if len(repeated) == 0:
        none = undefined(NO_REPEATS, n=0, population=Population.THIS_READER)
        return {**dict.fromkeys((name.value for name in Coefficient), none), KAPPA: none}
    found = {name.value: one for name, one in coefficients(repeated, n_categories, weights).items()}
    found[KAPPA] = light_kappa(repeated, n_categories, weights)
    return {name: replace(one, population=Population.THIS_READER) for name, one in found.items()}
