"""Scott's pi of every pair of readers at once, from a stack of cross tables; one by one, as `scott_pi` has it."""

import math

import numpy as np

from reader.stats.chance import beyond_chance, by_pooled_habits
from reader.stats.cohen import scott_pi
from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.linearised import NO_SPREAD, student_interval, two_sided_p
from reader.stats.verdicts import FloatArray, IntArray


def scott_pis(tables: IntArray) -> list[Estimate]:
    """Each table's pi as `scott_pi` gives it, from the cells instead of from the images.

    Parameters
    ----------
    tables : ndarray of int, shape (n_pairs, n_categories, n_categories)
        As rows of `pair_tables`.

    References
    ----------
    As `scott_pi`; the error is Gwet's, as in `fleiss_kappa`.
    """
    same = np.eye(tables.shape[-1])
    n = tables.sum(axis=(-2, -1))
    shares = tables / np.maximum(n, 1)[:, None, None]
    prevalence = (shares.sum(axis=-1) + shares.sum(axis=-2)) / 2
    chance = by_pooled_habits(prevalence, same)
    values = beyond_chance((shares * same).sum(axis=(-2, -1)), chance)
    errors = _errors(shares, prevalence, chance, values, n)
    rows = zip(n.tolist(), values.tolist(), errors.tolist(), _null_errors(prevalence, n).tolist(), strict=True)
    return [_pi(table, *row) for table, row in zip(tables, rows, strict=True)]


def _errors(
    shares: FloatArray, prevalence: FloatArray, chance: FloatArray, values: FloatArray, n: IntArray
) -> FloatArray:
    """Standard errors from what an image of each cell adds, as `chance_corrected` and `standard_error` have it."""
    pulls = prevalence[:, :, None] + prevalence[:, None, :]
    mean = (shares * pulls).sum(axis=(-2, -1), keepdims=True)
    by_chance, value = chance[:, None, None], values[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        added = (np.eye(shares.shape[-1]) - by_chance - (1 - value) * (pulls - mean)) / (1 - by_chance) - value
    spread = (shares * added**2).sum(axis=(-2, -1))
    errors: FloatArray = np.sqrt(np.where(spread < 1e-14, 0.0, spread) / np.maximum(n, 1))
    return errors


def _null_errors(prevalence: FloatArray, n: IntArray) -> FloatArray:
    """As `fleiss_null_error` for two readers."""
    spread = prevalence * (1 - prevalence)
    total = spread.sum(axis=-1)
    inner = total**2 - (spread * (1 - 2 * prevalence)).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors: FloatArray = np.sqrt(np.maximum(inner, 0.0) / np.maximum(n, 1)) / total
    return errors


def _pi(table: IntArray, n: int, value: float, error: float, null_error: float) -> Estimate:
    if n < 2 or math.isnan(value):
        return scott_pi(table)  # which has the words for what is undefined
    p = two_sided_p(value / null_error) if null_error > 0 else NAN
    if error == 0:
        return Estimate(value, NAN, NAN, n, Population.THESE_READERS, NO_SPREAD, se=0.0, p=p)
    low, high = student_interval(value, error, df=n - 1)
    return Estimate(value, low, high, n, Population.THESE_READERS, se=error, p=p, df=n - 1)
