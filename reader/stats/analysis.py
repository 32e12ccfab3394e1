"""Every statistic that a set of readings allows, as rows, in the order in which a paper would give them."""

from reader.stats.accuracy_rows import accuracy_rows
from reader.stats.agreement_rows import agreement_rows
from reader.stats.readings import Readings
from reader.stats.rows import Row
from reader.stats.weights import Weights


def analyse(data: Readings, weights: Weights = Weights.IDENTITY) -> list[Row]:
    """Agreement first, then, where the truth is known, how well readers tell.

    Parameters
    ----------
    data : Readings
    weights : Weights
        Weighted coefficients of agreement beside the unweighted ones.
    """
    return [*agreement_rows(data, weights), *accuracy_rows(data)]
