"""All readers together, from the count table alone: percent agreement and the kappas that pool the readers' habits.

Every coefficient takes weights, allows for missing verdicts, and has Gwet's large-sample standard error over images
with readers held fixed; `linearised` makes the interval.
"""

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.chance import by_declared_categories, by_doubtful_images, by_pooled_habits, guessing_rate
from reader.stats.counts import NO_PAIRS, ReadImages, checked_counts, read_images
from reader.stats.estimate import NAN, Estimate, Population, undefined
from reader.stats.linearised import chance_corrected, images_as_a_sample
from reader.stats.proportions import proportion
from reader.stats.verdicts import FloatArray
from reader.stats.weights import Weights, agreement_weights

ONE_CATEGORY = "Every verdict is the same, so agreement beyond chance is undefined."
ONE_DECLARED = "Only one category is declared, so agreement beyond chance is undefined."


def percent_agreement(counts: ArrayLike, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Mean weight of the pairs of verdicts on an image, averaged over images; plainly, the share that agree.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        Readers who put each image into each category, as `count_table` gives it. Images read by fewer than two
        readers say nothing on agreement and are left out of the mean.
    weights : Weights
        Credit for near misses.

    Returns
    -------
    Estimate
        Share in [0, 1]; `n` is the number of images with two verdicts or more. Where every image shows full
        agreement or none (always so with two readers and no weights) images are single trials, so the interval is
        Wilson's and `se` the binomial one. Else as `images_as_a_sample`, cut at 0 too; as Gwet has it, which is
        cautious where images have a single verdict, since it takes them for images that might have had a pair.
        Undefined where no image has two verdicts.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Fleiss (1971), Psychol. Bull. 76:378-382. doi:10.1037/h0031619
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5.
    """
    images, _ = _prepared(counts, weights)
    if images.refusal:
        return undefined(images.refusal, n=0, population=Population.THESE_READERS)
    n, shares = images.n_compared, images.agreeing[images.compared]
    agreed, split = int((shares == 1).sum()), int((shares == 0).sum())
    if agreed + split == n:
        return proportion(agreed, n, population=Population.THESE_READERS, none=NO_PAIRS)
    value = float(shares.mean())
    deviations = images.agreeing * len(images.counts) / n - value
    return images_as_a_sample(value, deviations, n=n, are_pairs=images.are_pairs, floor=0.0)


def brennan_prediger(counts: ArrayLike, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Brennan and Prediger's coefficient: chance is one in the number of *declared* categories. With two, PABAK.

    Parameters, errors and undefined outcomes as in `gwet_ac`.

    References
    ----------
    Brennan and Prediger (1981), Educ. Psychol. Meas. 41:687-699. doi:10.1177/001316448104100307
    Byrt, Bishop and Carlin (1993), J. Clin. Epidemiol. 46:423-429: PABAK.
    """
    images, matrix = _prepared(counts, weights)
    chance = float(by_declared_categories(matrix))
    return chance_corrected(images, chance, np.full(len(images.counts), chance), none=ONE_DECLARED)


def gwet_ac(counts: ArrayLike, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Gwet's AC1, and AC2 with weights, of any number of readers, who need not all have read every image.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        As for `percent_agreement`. The number of columns is the number of declared categories, and counts: a
        category that nobody used makes agreement by chance rarer. Images read by one reader count towards the
        shares of the categories, not towards observed agreement.
    weights : Weights
        Credit for near misses.

    Returns
    -------
    Estimate
        Dimensionless, at most 1; `n` is the number of images with two verdicts or more. Undefined where no image
        has two verdicts or only one category is declared. No interval where the standard error is 0, or where a
        single image has two verdicts.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Gwet (2008), Br. J. Math. Stat. Psychol. 61:29-48. doi:10.1348/000711006X126600
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5.
    """
    images, matrix = _prepared(counts, weights)
    if len(matrix) == 1:
        return undefined(images.refusal or ONE_DECLARED, n=images.n_compared, population=Population.THESE_READERS)
    prevalence = _prevalence(images)
    pulls = guessing_rate(matrix) * (images.within @ (1 - prevalence))
    return chance_corrected(images, float(by_doubtful_images(prevalence, matrix)), 2 * pulls, none=ONE_DECLARED)


def fleiss_kappa(counts: ArrayLike, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Fleiss' kappa of any number of readers, who need not all have read every image. Of two readers: Scott's pi.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        As for `percent_agreement`. Images read by one reader count towards the shares of the categories, not
        towards observed agreement; unread images count nowhere.
    weights : Weights
        Credit for near misses.

    Returns
    -------
    Estimate
        Kappa, dimensionless, at most 1; it may fall below -1 where few images were read by two readers. `n` is
        the number of images with two verdicts or more. `se` is Gwet's, *not* that of Fleiss (1971, 1979) under the
        hypothesis of no agreement, which is right for a test against 0, where `p` uses it (complete data without
        weights), and too small for an interval. Undefined where no image has two verdicts or all verdicts are the
        same. No interval where the standard error is 0, or where a single image has two verdicts.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Scott (1955), Public Opin. Q. 19:321-325; Fleiss (1971), Psychol. Bull. 76:378-382. doi:10.1037/h0031619
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5: variance with missing ratings.
    Gwet (2021), Educ. Psychol. Meas. 81:781-790: the same variance. doi:10.1177/0013164420973080
    """
    images, matrix = _prepared(counts, weights)
    if images.refusal:
        return undefined(images.refusal, n=0, population=Population.THESE_READERS)
    prevalence = _prevalence(images)
    chance = float(by_pooled_habits(prevalence, matrix))
    null_error = fleiss_null_error(images.counts) if weights == Weights.IDENTITY else NAN
    return chance_corrected(
        images, chance, 2 * (images.within @ matrix @ prevalence), none=ONE_CATEGORY, null_error=null_error
    )


def fleiss_null_error(counts: ArrayLike) -> float:
    """Standard error of Fleiss' kappa if there is no agreement beyond chance: for a test against 0, not an interval.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        As for `percent_agreement`.

    Returns
    -------
    float
        ``nan`` where readers differ in number between images, or all verdicts are the same: the formula knows
        neither.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Fleiss, Nee and Landis (1979), Psychol. Bull. 86:974-977, eq. 12. doi:10.1037/0033-2909.86.5.974
    """
    table = checked_counts(counts)
    readers = table.sum(axis=1)
    if len(table) == 0 or readers.min() != readers.max() or readers[0] < 2 or (table.sum(axis=0) > 0).sum() < 2:
        return NAN
    n, m = len(table), int(readers[0])
    share = table.sum(axis=0) / (n * m)
    spread = share * (1 - share)
    inner = spread.sum() ** 2 - (spread * (1 - 2 * share)).sum()
    return float((2 * inner / (n * m * (m - 1))) ** 0.5 / spread.sum())


def category_kappas(counts: ArrayLike) -> list[Estimate]:
    """Fleiss' kappa of each category against all others together.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        As for `percent_agreement`.

    Returns
    -------
    list of Estimate, length n_categories
        In the declared order, each as `fleiss_kappa`; undefined for a category that nobody used.

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Fleiss (1971), Psychol. Bull. 76:378-382, eq. 23.
    """
    table = checked_counts(counts)
    total = table.sum(axis=1)
    return [fleiss_kappa(np.stack([one, total - one], axis=1)) for one in table.T]


def _prepared(counts: ArrayLike, weights: Weights) -> tuple[ReadImages, FloatArray]:
    matrix = agreement_weights(weights, checked_counts(counts).shape[1])
    return read_images(counts, matrix), matrix


def _prevalence(images: ReadImages) -> FloatArray:
    """Share of each category, averaged over read images."""
    shares: FloatArray = images.within.sum(axis=0) / max(len(images.within), 1)
    return shares
