"""How near two categories are: agreement weights for kappas and AC2, squared distances for Krippendorff's alpha."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from reader.stats.verdicts import FloatArray


class Weights(StrEnum):
    """Credit for a pair of verdicts, from 1 for the same category down to 0."""

    IDENTITY = "identity"
    LINEAR = "linear"
    QUADRATIC = "quadratic"
    ORDINAL = "ordinal"


class Metric(StrEnum):
    """Distance of a pair of verdicts in Krippendorff's alpha; `LINEAR` is not his, the other four are."""

    NOMINAL = "nominal"
    LINEAR = "linear"
    INTERVAL = "interval"
    ORDINAL = "ordinal"
    RATIO = "ratio"


METRIC_OF = {
    Weights.IDENTITY: Metric.NOMINAL,
    Weights.LINEAR: Metric.LINEAR,
    Weights.QUADRATIC: Metric.INTERVAL,
    Weights.ORDINAL: Metric.ORDINAL,
}
"""The metric of alpha that goes with each weighting of the other coefficients."""


def agreement_weights(weights: Weights, n_categories: int) -> FloatArray:
    """Gwet's agreement weights of categories in their declared order.

    Parameters
    ----------
    weights : Weights
        `ORDINAL` counts the pairs of ranks that two categories span; it is not Krippendorff's ordinal metric.
    n_categories : int
        How many categories are declared, used or not; at least 1.

    Returns
    -------
    ndarray of float, shape (n_categories, n_categories)
        Dimensionless, symmetric, in [0, 1], 1 on the diagonal.

    Raises
    ------
    ValueError
        If no category is declared, or `weights` is none of `Weights`.

    References
    ----------
    Cohen (1968), Psychol. Bull. 70:213-220. doi:10.1037/h0026256
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 3: linear, quadratic and ordinal weights.
    """
    if n_categories < 1:
        raise ValueError(f"at least one category must be declared, got {n_categories}")
    apart = np.abs(np.subtract.outer(np.arange(n_categories), np.arange(n_categories))).astype(float)
    span = max(n_categories - 1, 1)
    lost = {
        Weights.IDENTITY: (apart > 0).astype(float),
        Weights.LINEAR: apart / span,
        Weights.QUADRATIC: (apart / span) ** 2,
        Weights.ORDINAL: apart * (apart + 1) / (span * (span + 1)),
    }
    credit: FloatArray = 1 - lost[Weights(weights)]
    return credit


def squared_distances(metric: Metric, used: FloatArray, values: Sequence[float] | None = None) -> FloatArray:
    """Krippendorff's squared distances between categories.

    Parameters
    ----------
    metric : Metric
        The ordinal one depends on how often each category was used.
    used : ndarray of float, shape (..., n_categories)
        Pairable verdicts in each category; leading axes are data sets.
    values : sequence of float, length n_categories
        The number that each category stands for; the declared ranks 1, 2, ... where absent.

    Returns
    -------
    ndarray of float, shape (n_categories, n_categories) or (..., n_categories, n_categories)
        Non-negative, symmetric, 0 on the diagonal, in squared units of `values` (of counts for the ordinal one).

    Raises
    ------
    ValueError
        If there is not one value for each category, or the metric is a ratio and a value is below 0.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section D.
    """
    n_categories = used.shape[-1]
    scale = np.asarray(range(1, n_categories + 1) if values is None else values, dtype=float)
    if scale.shape != (n_categories,):
        raise ValueError(f"give one value for each of the {n_categories} categories, got shape {scale.shape}")
    spans: FloatArray = np.einsum("klg,...g->...kl", span_shares(n_categories), used)
    apart, together = np.abs(np.subtract.outer(scale, scale)), np.add.outer(scale, scale)
    if metric == Metric.RATIO and (scale < 0).any():
        raise ValueError("the ratio metric needs values from 0: use interval for values below it")
    distances: dict[Metric, FloatArray] = {
        Metric.NOMINAL: (apart > 0).astype(float),
        Metric.LINEAR: apart,
        Metric.INTERVAL: apart**2,
        Metric.ORDINAL: spans**2,
        Metric.RATIO: (apart / np.where(together > 0, together, 1.0)) ** 2,
    }
    return distances[Metric(metric)]


def span_shares(n_categories: int) -> FloatArray:
    """How much of category *g* lies between *k* and *l*: 1 inside, half at either end, 0 outside and where k = l.

    Returns
    -------
    ndarray of float, shape (n_categories, n_categories, n_categories)
        Indexed ``[k, l, g]``.
    """
    k, m, g = np.ogrid[:n_categories, :n_categories, :n_categories]
    low, high = np.minimum(k, m), np.maximum(k, m)
    inside = (g >= low) & (g <= high) & (low < high)
    shares: FloatArray = np.where(inside, np.where((g == low) | (g == high), 0.5, 1.0), 0.0)
    return shares
