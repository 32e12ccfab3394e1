"""How well readers tell fake from real, as rows: each reader, their mean by the primary test, and pairs."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from reader.stats.accuracy import reader_accuracy, truth_by_verdict
from reader.stats.detection import detection
from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.mrmc import ByEffects, mean_of_readers
from reader.stats.mrmc_merits import Areas, Merit, area_merit, class_merit, share_merit
from reader.stats.paired import CochranQ, McNemar, cochran_q, mcnemar_of_counts
from reader.stats.readings import Readings
from reader.stats.roc import areas_of
from reader.stats.rows import EVERYBODY, Row
from reader.stats.unsure import credit, pooled_accuracy, unsure_shares
from reader.stats.ustatistic import one_shot
from reader.stats.verdicts import FAKE, MISSING, REAL, UNSURE, pair_tables

EFFECTS = {
    "readers_and_images": "random readers, random images",
    "readers": "random readers, fixed images",
    "images": "fixed readers, random images",
}
"""What the primary test takes as a sample, by the names of `ByEffects`."""


def accuracy_rows(data: Readings) -> Iterator[Row]:
    """Everything that needs the truth; nothing where there is none, or where readers gave no verdicts."""
    if data.is_fake is None or not data.are_verdicts or not data.readers:
        return
    areas = area_merit(data.is_fake, data.scores)
    for reader, auc in enumerate(areas_of(areas)):
        yield from rows_of_reader(data, reader, auc)
    yield from primary_rows(data, areas)
    yield from pair_rows(data)


def rows_of_reader(data: Readings, reader: int, auc: Estimate) -> Iterator[Row]:
    """One reader, under every handling of unsure, and the area under the reader's ROC curve."""
    assert data.is_fake is not None  # noqa: S101 - narrows the type
    codes = data.verdict_codes[:, reader]
    views = unsure_shares(data.is_fake, codes)
    table = truth_by_verdict(data.is_fake, codes)
    shares = reader_accuracy(table)
    (hits, _, misses), (alarms, _, cleared) = table.tolist()
    sdt = detection(hits, misses, alarms, cleared)
    found = {
        "coverage": views.coverage,
        "accuracy": shares.accuracy,
        "accuracy_decided": views.accuracy_decided,
        "accuracy_half_credit": views.accuracy_half_credit,
        "accuracy_worst": views.accuracy_worst,
        "accuracy_best": views.accuracy_best,
        "sensitivity": shares.sensitivity,
        "sensitivity_decided": shares.sensitivity_decided,
        "specificity": shares.specificity,
        "specificity_decided": shares.specificity_decided,
        "balanced_accuracy": shares.balanced_accuracy,
        "balanced_accuracy_decided": shares.balanced_accuracy_decided,
        "predictive_value_fake": shares.predictive_value_fake,
        "predictive_value_real": shares.predictive_value_real,
        "dprime": sdt.d_prime,
        "criterion_c": sdt.criterion,
        "ln_beta": sdt.ln_beta,
        "auc": auc,
    }
    n_read = int((codes != MISSING).sum())
    for name, one in found.items():
        yield Row(name, data.readers[reader], one, n_read, 1)


def primary_rows(data: Readings, areas: Areas) -> Iterator[Row]:
    """The multi-reader multi-case test of each figure, and beside it the pooled binomial that others report."""
    assert data.is_fake is not None  # noqa: S101 - narrows the type
    codes, truth = data.verdict_codes, data.is_fake
    called_fake = np.where(codes == MISSING, np.nan, (codes == FAKE).astype(float))
    called_real = np.where(codes == MISSING, np.nan, (codes == REAL).astype(float))
    decided = np.where(codes == MISSING, np.nan, (codes != UNSURE).astype(float))
    figures: dict[str, tuple[Merit, float]] = {
        "auc": (areas, 0.5),
        "accuracy": (share_merit(credit(truth, codes, unsure=0.5)), 0.5),
        "accuracy_decided": (share_merit(credit(truth, codes, unsure=np.nan)), 0.5),
        "accuracy_worst": (share_merit(credit(truth, codes, unsure=0.0)), NAN),
        "accuracy_best": (share_merit(credit(truth, codes, unsure=1.0)), NAN),
        "coverage": (share_merit(decided), NAN),
        "sensitivity": (class_merit(truth, called_fake, fakes=True), NAN),
        "specificity": (class_merit(truth, called_real, fakes=False), NAN),
    }
    for name, (merit, chance) in figures.items():
        result = mean_of_readers(merit, chance=chance)
        if name == "auc":
            yield row_of_mean("auc", "mean", result.mean.readers_and_images, result.n_readers)
        yield from rows_by_effects(f"or_{name}", result.mean, result.n_readers)
    by_counting = one_shot(areas, chance=0.5)
    yield row_of_mean("u_auc", EFFECTS["readers_and_images"], by_counting, len(data.readers))
    pooled = pooled_accuracy(truth, codes)
    yield Row("pooled_accuracy_decided", EVERYBODY, pooled, len(data.images), len(data.readers))


def rows_by_effects(name: str, mean: ByEffects[Estimate], n_readers: int) -> Iterator[Row]:
    """One row for each choice of what is a sample, the primary one first."""
    for effect, words in EFFECTS.items():
        yield row_of_mean(name, words, getattr(mean, effect), n_readers)


def row_of_mean(name: str, group: str, one: Estimate, n_readers: int) -> Row:
    """A mean over readers; its estimate counts images."""
    return Row(name, group, one, one.n, n_readers)


def pair_rows(data: Readings) -> Iterator[Row]:
    """Whether readers are right equally often on what all have decided, then each two on what both have."""
    assert data.is_fake is not None  # noqa: S101 - narrows the type
    marks = credit(data.is_fake, data.verdict_codes, unsure=np.nan)
    if len(data.readers) > 2:
        q = cochran_q(marks)
        yield Row("cochran_q", EVERYBODY, of_q(q), q.n_images, len(data.readers))
    right = np.where(np.isnan(marks), MISSING, np.nan_to_num(marks)).astype(np.int64)
    tables = pair_tables(right, 2)
    for first, second in combinations(range(len(data.readers)), 2):
        (neither, only_second), (only_first, both) = tables[first, second].tolist()
        test, n = mcnemar_of_counts(both, only_first, only_second, neither), int(tables[first, second].sum())
        yield Row("mcnemar", f"{data.readers[first]} x {data.readers[second]}", gap_of(test, n), n, 2)


def of_q(test: CochranQ) -> Estimate:
    """Cochran's Q, chi-squared on `df`; a test without an interval."""
    reason = test.reason or "Cochran's Q is a test and has no interval."
    return Estimate(test.q, NAN, NAN, test.n_images, Population.THESE_READERS, reason, p=test.p, df=float(test.df))


def gap_of(test: McNemar, n: int) -> Estimate:
    """Share right of the first reader less that of the second; `p` is McNemar's exact one."""
    value = (test.only_first - test.only_second) / n if n else NAN
    reason = test.reason or "McNemar's test has a p-value and no interval here."
    return Estimate(value, NAN, NAN, n, Population.THESE_READERS, reason, p=test.exact_p)
