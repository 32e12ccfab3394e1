"""Two readers at a time: Cohen's kappa and Scott's pi with their large-sample errors, and agreement of every pair."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.agreement import fleiss_kappa
from reader.stats.chance import NEARLY_ALL, beyond_chance
from reader.stats.estimate import NAN, Estimate, Population, undefined
from reader.stats.linearised import NO_SPREAD, ONE_IMAGE, student_interval, two_sided_p
from reader.stats.proportions import proportion
from reader.stats.verdicts import FloatArray, IntArray, pair_tables
from reader.stats.weights import Weights, agreement_weights

NO_OVERLAP = "No image has been read by both readers."
SAME_CATEGORY = "Both readers gave every image the same verdict, so agreement beyond chance is undefined."


@dataclass(frozen=True)
class PairAgreement:
    """How two readers agree; `first` and `second` are columns of the codes, `table` is first by second."""

    first: int
    second: int
    table: IntArray
    percent: Estimate
    kappa: Estimate


def cohen_kappa(table: ArrayLike, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Cohen's kappa of two readers over the images that both have read.

    Parameters
    ----------
    table : array_like of int, shape (n_categories, n_categories)
        Counts of images; ``table[i, j]``: the first reader said *i*, the second *j*.
    weights : Weights
        Credit for near misses.

    Returns
    -------
    Estimate
        Kappa, dimensionless, in [-1, 1]; `se` is the non-null one of Fleiss, Cohen and Everitt, the interval is
        normal and ends at -1 and 1; `p` is of the test of no agreement beyond chance, with their null error.
        Undefined where the table is empty, or where both readers used one and the same category only. No interval
        where the standard error is 0 or there is a single image.

    Raises
    ------
    ValueError
        If `table` is not square or holds anything but whole numbers from 0.

    References
    ----------
    Cohen (1960), Educ. Psychol. Meas. 20:37-46. doi:10.1177/001316446002000104
    Cohen (1968), Psychol. Bull. 70:213-220: weights. doi:10.1037/h0026256
    Fleiss, Cohen and Everitt (1969), Psychol. Bull. 72:323-327: errors. doi:10.1037/h0028106
    """
    counts = _checked_square(table)
    return estimates_of(counts[None], weights)[0]


def cohen_null_error(table: ArrayLike, weights: Weights = Weights.IDENTITY) -> float:
    """Standard error of Cohen's kappa if there is no agreement beyond chance: for a test, not an interval.

    Parameters, errors and source as for `cohen_kappa`; ``nan`` where kappa is undefined.
    """
    counts = _checked_square(table)
    return float(null_errors(counts, agreement_weights(weights, len(counts))))


def scott_pi(table: ArrayLike, weights: Weights = Weights.IDENTITY) -> Estimate:
    """Scott's pi of two readers over the images that both have read: chance follows their pooled habits.

    Parameters
    ----------
    table, weights
        As for `cohen_kappa`.

    Returns
    -------
    Estimate
        As `fleiss_kappa` of those images.

    Raises
    ------
    ValueError
        As `cohen_kappa`.

    References
    ----------
    Scott (1955), Public Opin. Q. 19:321-325. doi:10.1086/266577
    """
    counts = _checked_square(table)
    one = np.eye(len(counts), dtype=np.int64)
    both = (one[:, None] + one[None]).reshape(-1, len(counts))
    return fleiss_kappa(np.repeat(both, counts.ravel(), axis=0), weights)


def kappas_of(tables: IntArray, matrix: FloatArray) -> FloatArray:
    """Cohen's kappa for a stack of tables at once.

    Parameters
    ----------
    tables : ndarray of int, shape (..., n_categories, n_categories)
        Counts of images.
    matrix : ndarray of float, shape (n_categories, n_categories)
        As `agreement_weights` gives it.

    Returns
    -------
    ndarray of float, shape (...)
        ``nan`` where a table is empty or agreement by chance is 1. Source as in `cohen_kappa`.
    """
    n = np.maximum(tables.sum(axis=(-2, -1)), 1)
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    chance = ((rows @ matrix) * columns).sum(axis=-1) / n**2
    observed = (tables * matrix).sum(axis=(-2, -1)) / n
    return np.where(rows.any(axis=-1), beyond_chance(observed, chance), np.nan)


def errors_of(tables: IntArray, matrix: FloatArray) -> FloatArray:
    """Non-null standard error of `kappas_of` (Fleiss, Cohen and Everitt 1969, eq. 13); same shapes."""
    shares, rows, columns = _shares(tables)
    pulls = (columns @ matrix)[..., :, None] + (rows @ matrix)[..., None, :]
    chance = ((rows @ matrix) * columns).sum(axis=-1)
    missed = 1 - kappas_of(tables, matrix)
    spread = (shares * (matrix - pulls * missed[..., None, None]) ** 2).sum(axis=(-2, -1))
    return _per_image(spread - (1 - missed - chance * missed) ** 2, tables, chance)


def null_errors(tables: IntArray, matrix: FloatArray) -> FloatArray:
    """Standard error of `kappas_of` under no agreement beyond chance (same paper, eq. 14); same shapes."""
    _, rows, columns = _shares(tables)
    pulls = (columns @ matrix)[..., :, None] + (rows @ matrix)[..., None, :]
    chance = ((rows @ matrix) * columns).sum(axis=-1)
    expected = rows[..., :, None] * columns[..., None, :]
    spread = (expected * (matrix - pulls) ** 2).sum(axis=(-2, -1))
    return _per_image(spread - chance**2, tables, chance)


def _shares(tables: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    shares = tables / np.maximum(tables.sum(axis=(-2, -1), keepdims=True), 1)
    return shares, shares.sum(axis=-1), shares.sum(axis=-2)


def _per_image(spread: FloatArray, tables: IntArray, chance: FloatArray) -> FloatArray:
    n = tables.sum(axis=(-2, -1))
    room = np.where((chance < NEARLY_ALL) & (n > 0), 1 - chance, np.nan)
    errors: FloatArray = np.sqrt(np.where(spread < 1e-14, 0.0, spread) / np.maximum(n, 1)) / room
    return errors


def pairwise_kappas(codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY) -> FloatArray:
    """Cohen's kappa of every pair of readers, over the images that both have read, in one matrix product.

    Parameters and errors as for `pairwise_agreement`.

    Returns
    -------
    ndarray of float, shape (n_readers, n_readers)
        Symmetric; ``nan`` on the diagonal and where undefined.
    """
    kappas = kappas_of(pair_tables(codes, n_categories), agreement_weights(weights, n_categories))
    np.fill_diagonal(kappas, np.nan)
    return kappas


def pairwise_agreement(codes: ArrayLike, n_categories: int, weights: Weights = Weights.IDENTITY) -> list[PairAgreement]:
    """Percent agreement and Cohen's kappa of every pair of readers, over the images that both have read.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers)
        Category codes, or `MISSING`, as `encode_verdicts` gives them.
    n_categories : int
        How many categories are declared, used or not.
    weights : Weights
        Credit of kappa for near misses.

    Returns
    -------
    list of PairAgreement
        In the order (0, 1), (0, 2), ..., (1, 2), ...; empty with fewer than two readers. `percent` is the share
        of images on which both gave the same verdict, with Wilson's interval.

    Raises
    ------
    ValueError
        As `count_table`.
    """
    tables = pair_tables(codes, n_categories)
    pairs = list(combinations(range(len(tables)), 2))
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    crossed = tables[first, second]
    return [
        PairAgreement(a, b, table, _percent(table), kappa)
        for (a, b), table, kappa in zip(pairs, crossed, estimates_of(crossed, weights), strict=True)
    ]


def _percent(table: IntArray) -> Estimate:
    same, n = int(np.trace(table)), int(table.sum())
    return proportion(same, n, population=Population.THESE_READERS, none=NO_OVERLAP)


def estimates_of(tables: IntArray, weights: Weights) -> list[Estimate]:
    """`cohen_kappa` of each of a stack of tables, shape (n_tables, n_categories, n_categories)."""
    matrix = agreement_weights(weights, tables.shape[-1])
    columns = (
        tables.sum(axis=(-2, -1)),
        kappas_of(tables, matrix),
        errors_of(tables, matrix),
        null_errors(tables, matrix),
    )
    return [_estimate(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _estimate(n: int, kappa: float, error: float, null_error: float) -> Estimate:
    population = Population.THESE_READERS
    if n == 0:
        return undefined(NO_OVERLAP, n=0, population=population)
    if math.isnan(kappa):
        return undefined(SAME_CATEGORY, n=n, population=population)
    if n == 1:
        return Estimate(kappa, NAN, NAN, n, population, ONE_IMAGE)
    p = two_sided_p(kappa / null_error) if null_error > 0 else NAN
    if error == 0:
        return Estimate(kappa, NAN, NAN, n, population, NO_SPREAD, se=0.0, p=p)
    low, high = student_interval(kappa, error, df=math.inf, floor=-1.0)
    return Estimate(kappa, low, high, n, population, se=error, p=p, df=math.inf)


def _checked_square(table: ArrayLike) -> IntArray:
    counts = np.asarray(table)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise ValueError(f"the table must be square, first reader by second, got shape {counts.shape}")
    if not np.issubdtype(counts.dtype, np.integer) or (counts < 0).any():
        raise ValueError("the table must hold whole numbers of images, none below 0")
    return counts.astype(np.int64)
