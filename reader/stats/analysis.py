"""Every statistic that a set of readings allows, as rows, in the order in which a paper would give them."""

from collections.abc import Mapping, Sequence

from reader.stats.accuracy_rows import accuracy_rows
from reader.stats.agreement_rows import agreement_rows
from reader.stats.choice_rows import choice_rows, rating_rows
from reader.stats.fool_rows import fool_rows, realism_rows
from reader.stats.order_rows import order_rows
from reader.stats.readings import Readings
from reader.stats.rows import Row
from reader.stats.weights import Weights


def analyse(
    data: Readings, weights: Weights = Weights.IDENTITY, facts: Mapping[str, Sequence[str]] | None = None
) -> list[Row]:
    """Agreement, then, where the truth is known, how well readers tell, what fools them, and order effects.

    Parameters
    ----------
    data : Readings
    weights : Weights
        Weighted coefficients of agreement beside the unweighted ones.
    facts : mapping of str to sequence of str, each of length n_images, optional
        How each fake was made, as `fool_rows` takes it; the readings' own conditions where nothing is given.
    """
    made = facts or ({"group": data.conditions} if data.conditions else {})
    return [
        *agreement_rows(data, weights),
        *accuracy_rows(data),
        *choice_rows(data, made),
        *rating_rows(data),
        *fool_rows(data, made),
        *realism_rows(data, made),
        *order_rows(data),
    ]


def weights_of(data: Readings) -> Weights:
    """Which weighted agreement goes beside the unweighted: ordinal, where answers have an order to be near in."""
    ordered = data.right is None and data.n_categories > 2 and (data.are_verdicts or data.are_ratings)
    return Weights.ORDINAL if ordered else Weights.IDENTITY
