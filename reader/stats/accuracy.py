"""One reader against the truth: the 2 x 3 table of truth by verdict and the shares read from it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.balanced import balanced_accuracy
from reader.stats.estimate import Estimate, Population
from reader.stats.proportions import proportion
from reader.stats.verdicts import FAKE, MISSING, REAL, UNSURE, VERDICTS, IntArray, count_table

FAKE_ROW, REAL_ROW = range(2)
"""Rows of a truth-by-verdict table."""

MOVES_WITH_MIX = "Holds for this study's share of fakes only."


@dataclass(frozen=True)
class ReaderAccuracy:
    """How one reader did. The signal is *fake*; each share speaks about this reader and images like these.

    Attributes
    ----------
    accuracy : Estimate
        Right verdicts among all; unsure is in the denominator, so it counts as not right.
    accuracy_decided : Estimate
        Right verdicts among those that are not unsure.
    coverage : Estimate
        Verdicts that are not unsure, among all.
    sensitivity, sensitivity_decided : Estimate
        Fakes called fake, among all fakes read, and among those with a decision.
    specificity, specificity_decided : Estimate
        Reals called real, among all reals read, and among those with a decision.
    balanced_accuracy, balanced_accuracy_decided : Estimate
        Mean of sensitivity and specificity; the latter is tested against chance.
    predictive_value_fake, predictive_value_real : Estimate
        Fakes among images called fake, and reals among images called real: they move with the study's share of
        fakes, and a warning says so.
    """

    accuracy: Estimate
    accuracy_decided: Estimate
    coverage: Estimate
    sensitivity: Estimate
    sensitivity_decided: Estimate
    specificity: Estimate
    specificity_decided: Estimate
    balanced_accuracy: Estimate
    balanced_accuracy_decided: Estimate
    predictive_value_fake: Estimate
    predictive_value_real: Estimate


def truth_by_verdict(is_fake: ArrayLike, codes: ArrayLike) -> IntArray:
    """Cross one reader's verdicts with the truth.

    Parameters
    ----------
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    codes : array_like of int, shape (n_images,)
        The reader's verdicts as codes of `VERDICTS`, or `MISSING`.

    Returns
    -------
    ndarray of int, shape (2, 3)
        Counts of images; rows are the truth (fake, real), columns the verdict (fake, unsure, real).
        Missing verdicts are in no cell.

    Raises
    ------
    ValueError
        If the shapes differ, `is_fake` is neither boolean nor 0 and 1, or a code is not of `VERDICTS`.
    """
    truth, said = np.asarray(is_fake), np.asarray(codes)
    if truth.ndim != 1 or truth.shape != said.shape:
        raise ValueError(f"give one truth and one verdict per image, got shapes {truth.shape} and {said.shape}")
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("is_fake must hold only True and False: leave out images of unknown truth")
    fakes = truth.astype(bool)
    of_fakes = count_table(np.where(fakes, said, MISSING)[:, None], len(VERDICTS))
    of_reals = count_table(np.where(fakes, MISSING, said)[:, None], len(VERDICTS))
    return np.stack([of_fakes.sum(axis=0), of_reals.sum(axis=0)])


def reader_accuracy(table: ArrayLike) -> ReaderAccuracy:
    """Shares of right and of decided verdicts of one reader, each with Wilson's interval.

    Parameters
    ----------
    table : array_like of int, shape (2, 3)
        As `truth_by_verdict` gives it.

    Returns
    -------
    ReaderAccuracy
        Each share undefined, with a reason, where its denominator is empty.

    Raises
    ------
    ValueError
        If `table` has another shape or holds anything but whole numbers from 0.

    References
    ----------
    Simel et al. (1987), Med. Decis. Making 7:107-114: the 3 x 2 table that keeps inconclusive results in sight.
    Shinkins et al. (2013), BMJ 346:f2778: report inconclusive results, never drop them silently.
    """
    counts = _checked_table(table)
    total, per_truth = int(counts.sum()), counts.sum(axis=1)
    decided_per_truth = per_truth - counts[:, UNSURE]
    found, cleared = int(counts[FAKE_ROW, FAKE]), int(counts[REAL_ROW, REAL])
    decided = int(decided_per_truth.sum())
    return ReaderAccuracy(
        accuracy=_share(found + cleared, total, "This reader has given no verdict."),
        accuracy_decided=_share(found + cleared, decided, "This reader has no verdict other than unsure."),
        coverage=_share(decided, total, "This reader has given no verdict."),
        sensitivity=_share(found, int(per_truth[FAKE_ROW]), "This reader has read no fake image."),
        sensitivity_decided=_share(
            found, int(decided_per_truth[FAKE_ROW]), "This reader has decided on no fake image."
        ),
        specificity=_share(cleared, int(per_truth[REAL_ROW]), "This reader has read no real image."),
        specificity_decided=_share(
            cleared, int(decided_per_truth[REAL_ROW]), "This reader has decided on no real image."
        ),
        balanced_accuracy=balanced_accuracy(found, *_pair(per_truth, cleared), test_chance=False),
        balanced_accuracy_decided=balanced_accuracy(found, *_pair(decided_per_truth, cleared), test_chance=True),
        predictive_value_fake=_predictive(found, int(counts[:, FAKE].sum()), "This reader has called no image fake."),
        predictive_value_real=_predictive(cleared, int(counts[:, REAL].sum()), "This reader has called no image real."),
    )


def _pair(per_truth: IntArray, cleared: int) -> tuple[int, int, int]:
    return int(per_truth[FAKE_ROW]), cleared, int(per_truth[REAL_ROW])


def _predictive(successes: int, n: int, none: str) -> Estimate:
    return replace(_share(successes, n, none), warning=MOVES_WITH_MIX)


def _share(successes: int, n: int, none: str) -> Estimate:
    return proportion(successes, n, population=Population.THIS_READER, none=none)


def _checked_table(table: ArrayLike) -> IntArray:
    counts = np.asarray(table)
    if counts.shape != (2, len(VERDICTS)):
        raise ValueError(f"the table must have shape (2, 3), truth by verdict, got {counts.shape}")
    if not np.issubdtype(counts.dtype, np.integer) or (counts < 0).any():
        raise ValueError("the table must hold whole numbers of images, none below 0")
    return counts.astype(np.int64)
