"""Every coefficient of agreement of a set of readings, as rows."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from reader.stats.agreement import category_kappas
from reader.stats.coefficients import coefficients
from reader.stats.cohen import estimates_of
from reader.stats.icc import intraclass_correlations
from reader.stats.intra import intra_reader, mean_over_readers
from reader.stats.light import light_kappa
from reader.stats.pairs import scott_pis
from reader.stats.readings import Readings
from reader.stats.rows import EVERYBODY, Row
from reader.stats.verdicts import MISSING, FloatArray, count_table, pair_tables
from reader.stats.weights import Weights


def agreement_rows(data: Readings, weights: Weights = Weights.IDENTITY) -> Iterator[Row]:
    """All readers together, then every pair, then readers against themselves.

    Parameters
    ----------
    data : Readings
    weights : Weights
        Weighted forms beside the unweighted ones; of a pair's kappa every weighting is given where there are three
        categories or more.
    """
    for each in dict.fromkeys((Weights.IDENTITY, Weights(weights))):
        yield from rows_of_all(data, each)
    yield from category_rows(data)
    yield from icc_rows(data)
    yield from pair_rows(data)
    yield from intra_rows(data)


def rows_of_all(data: Readings, weights: Weights) -> Iterator[Row]:
    """The coefficients that any number of readers have."""
    n_readers = int((data.codes != MISSING).any(axis=0).sum())
    found = {str(name): one for name, one in coefficients(data.codes, data.n_categories, weights).items()}
    found["light_kappa"] = light_kappa(data.codes, data.n_categories, weights)
    for name, one in found.items():
        yield Row(name, EVERYBODY, one, one.n, n_readers, weights)


def category_rows(data: Readings) -> Iterator[Row]:
    """Fleiss' kappa of each category against the others, where there are more than two to tell apart."""
    if data.n_categories < 3:
        return
    n_readers = int((data.codes != MISSING).any(axis=0).sum())
    kappas = category_kappas(count_table(data.codes, data.n_categories))
    for category, kappa in zip(data.categories, kappas, strict=True):
        yield Row("category_kappa", category, kappa, kappa.n, n_readers)


def icc_rows(data: Readings) -> Iterator[Row]:
    """Intraclass correlations of the categories taken as numbers."""
    for form, one in intraclass_correlations(as_numbers(data)).items():
        yield Row("icc", str(form), one, one.n, len(data.readers))


def as_numbers(data: Readings) -> FloatArray:
    """Ratings by the categories' own numbers, or by their declared ranks where they are words."""
    try:
        values = [float(category) for category in data.categories]
    except ValueError:
        values = list(range(1, data.n_categories + 1))
    numbers: FloatArray = np.array([*values, np.nan])[data.codes]
    return numbers


def pair_rows(data: Readings) -> Iterator[Row]:
    """Cohen's kappa and Scott's pi of every pair of readers."""
    pairs = list(combinations(range(len(data.readers)), 2))
    if not pairs:
        return
    first, second = np.array(pairs).T
    tables = pair_tables(data.codes, data.n_categories)[first, second]
    weightings = list(Weights) if data.n_categories > 2 else [Weights.IDENTITY]
    kappas = [estimates_of(tables, weights) for weights in weightings]
    for (a, b), *each, pi in zip(pairs, *kappas, scott_pis(tables), strict=True):
        pair = f"{data.readers[a]} x {data.readers[b]}"
        for weights, kappa in zip(weightings, each, strict=True):
            yield Row("cohen_kappa", pair, kappa, kappa.n, 2, weights)
        yield Row("scott_pi", pair, pi, pi.n, 2)


def intra_rows(data: Readings) -> Iterator[Row]:
    """Each reader against themselves, and the mean over readers; nothing where no image was shown twice."""
    if data.repeats is None:
        return
    each = intra_reader(data.repeats, data.n_categories)
    for name in each[0] if each else ():
        for reader, found in zip(data.readers, each, strict=True):
            yield Row(f"intra_{name}", reader, found[name], found[name].n, 1)
        mean = mean_over_readers([found[name] for found in each])
        yield Row(f"intra_{name}", "mean", mean, len(data.images), mean.n)
