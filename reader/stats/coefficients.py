"""All coefficients of agreement between all readers, side by side."""

from enum import StrEnum

from numpy.typing import ArrayLike

from reader.stats.agreement import brennan_prediger, fleiss_kappa, gwet_ac, percent_agreement
from reader.stats.conger import conger_kappa
from reader.stats.estimate import Estimate
from reader.stats.krippendorff import krippendorff_alpha
from reader.stats.verdicts import count_table
from reader.stats.weights import METRIC_OF, Weights


class Coefficient(StrEnum):
    """Names of the coefficients that any number of readers have."""

    PERCENT_AGREEMENT = "percent_agreement"
    BRENNAN_PREDIGER = "brennan_prediger"
    GWET_AC = "gwet_ac"
    FLEISS_KAPPA = "fleiss_kappa"
    CONGER_KAPPA = "conger_kappa"
    KRIPPENDORFF_ALPHA = "krippendorff_alpha"


def coefficients(
    codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY
) -> dict[Coefficient, Estimate]:
    """Each coefficient with its large-sample interval: readers fixed, images a sample.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers)
        Category codes, or `MISSING`, as `encode_verdicts` gives them.
    n_categories : int
        How many categories are declared, used or not.
    weights : Weights
        Credit for near misses; alpha takes the metric that `METRIC_OF` pairs with it.

    Returns
    -------
    dict of Coefficient to Estimate
        In the order of `Coefficient`.

    Raises
    ------
    ValueError
        As `count_table`.
    """
    counts = count_table(codes, n_categories)
    return {
        Coefficient.PERCENT_AGREEMENT: percent_agreement(counts, weights),
        Coefficient.BRENNAN_PREDIGER: brennan_prediger(counts, weights),
        Coefficient.GWET_AC: gwet_ac(counts, weights),
        Coefficient.FLEISS_KAPPA: fleiss_kappa(counts, weights),
        Coefficient.CONGER_KAPPA: conger_kappa(codes, n_categories, weights),
        Coefficient.KRIPPENDORFF_ALPHA: krippendorff_alpha(counts, METRIC_OF[Weights(weights)]),
    }
