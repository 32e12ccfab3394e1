"""Two readers at a time: Cohen's kappa with its large-sample standard error, and agreement of every pair."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.estimate import NAN, Estimate, Population, undefined
from reader.stats.proportions import Z, proportion
from reader.stats.verdicts import FloatArray, IntArray, pair_tables

NO_OVERLAP = "No image has been read by both readers."
SAME_CATEGORY = "Both readers gave every image the same verdict, so agreement beyond chance is undefined."
NO_SPREAD = "The large-sample standard error is 0 here (perfect or fixed agreement), so it gives no interval."
ONE_IMAGE = "A single image gives no interval."


@dataclass(frozen=True)
class PairAgreement:
    """How two readers agree; `first` and `second` are columns of the codes, `table` is first by second."""

    first: int
    second: int
    table: IntArray
    percent: Estimate
    kappa: Estimate


def cohen_kappa(table: ArrayLike) -> Estimate:
    """Cohen's kappa of two readers over the images that both have read.

    Parameters
    ----------
    table : array_like of int, shape (n_categories, n_categories)
        Counts of images; ``table[i, j]``: the first reader said *i*, the second *j*.

    Returns
    -------
    Estimate
        Kappa, dimensionless, in [-1, 1]; `se` is the non-null one of Fleiss, Cohen and Everitt, the interval is
        normal and ends at -1 and 1. Undefined where the table is empty, or where both readers used one and the
        same category only. No interval where the standard error is 0 or there is a single image.

    Raises
    ------
    ValueError
        If `table` is not square or holds anything but whole numbers from 0.

    References
    ----------
    Cohen (1960), Educ. Psychol. Meas. 20:37-46. doi:10.1177/001316446002000104
    Fleiss, Cohen and Everitt (1969), Psychol. Bull. 72:323-327. doi:10.1037/h0028106
    """
    counts = _checked_square(table)
    values, errors = kappas_and_errors(counts)
    return _kappa_estimate(int(counts.sum()), float(values), float(errors))


def kappas_and_errors(tables: IntArray) -> tuple[FloatArray, FloatArray]:
    """Cohen's kappa and its standard error for a stack of tables at once.

    Parameters
    ----------
    tables : ndarray of int, shape (..., n_categories, n_categories)
        Counts of images.

    Returns
    -------
    kappas, errors : ndarray of float, shape (...)
        Both ``nan`` where a table is empty or by-chance agreement is 1. Sources as in `cohen_kappa`.
    """
    n = tables.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        p = tables / n[..., None, None]
        rows, columns = p.sum(axis=-1), p.sum(axis=-2)
        diagonal = np.diagonal(p, axis1=-2, axis2=-1)
        chance = (rows * columns).sum(axis=-1)
        # Exactly 0 where all images lie in one diagonal cell, since n / n is exactly 1: kappa is then 0 / 0, nan.
        room = 1 - chance
        kappas = (diagonal.sum(axis=-1) - chance) / room
        missed = 1 - kappas
        agreed = (diagonal * (1 - (rows + columns) * missed[..., None]) ** 2).sum(axis=-1)
        crossed = p * (columns[..., :, None] + rows[..., None, :]) ** 2
        disagreed = crossed.sum(axis=(-2, -1)) - np.diagonal(crossed, axis1=-2, axis2=-1).sum(axis=-1)
        spread = agreed + missed**2 * disagreed - (kappas - chance * missed) ** 2
        errors = np.sqrt(np.where(spread < 1e-14, 0.0, spread) / n) / room
    return kappas, errors


def pairwise_agreement(codes: ArrayLike, n_categories: int) -> list[PairAgreement]:
    """Percent agreement and Cohen's kappa of every pair of readers, over the images that both have read.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers)
        Category codes, or `MISSING`, as `encode_verdicts` gives them.
    n_categories : int
        How many categories are declared, used or not.

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
    kappas, errors = kappas_and_errors(tables)
    return [
        PairAgreement(a, b, tables[a, b], _percent(tables[a, b]), _pair_kappa(tables, kappas, errors, a, b))
        for a, b in combinations(range(len(tables)), 2)
    ]


def _pair_kappa(tables: IntArray, kappas: FloatArray, errors: FloatArray, a: int, b: int) -> Estimate:
    return _kappa_estimate(int(tables[a, b].sum()), float(kappas[a, b]), float(errors[a, b]))


def _percent(table: IntArray) -> Estimate:
    same, n = int(np.trace(table)), int(table.sum())
    return proportion(same, n, population=Population.THESE_READERS, none=NO_OVERLAP)


def _kappa_estimate(n: int, kappa: float, error: float) -> Estimate:
    population = Population.THESE_READERS
    if n == 0:
        return undefined(NO_OVERLAP, n=0, population=population)
    if np.isnan(kappa):
        return undefined(SAME_CATEGORY, n=n, population=population)
    if n == 1:
        return Estimate(kappa, NAN, NAN, n, population, ONE_IMAGE)
    if error == 0:
        return Estimate(kappa, NAN, NAN, n, population, NO_SPREAD, se=0.0)
    low, high = max(-1.0, kappa - Z * error), min(1.0, kappa + Z * error)
    return Estimate(kappa, low, high, n, population, se=error)


def _checked_square(table: ArrayLike) -> IntArray:
    counts = np.asarray(table)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise ValueError(f"the table must be square, first reader by second, got shape {counts.shape}")
    if not np.issubdtype(counts.dtype, np.integer) or (counts < 0).any():
        raise ValueError("the table must hold whole numbers of images, none below 0")
    return counts.astype(np.int64)
