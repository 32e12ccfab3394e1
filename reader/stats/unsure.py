"""What becomes of unsure: every way of counting it side by side, and never as missing."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined
from reader.stats.proportions import exact_proportion, proportion
from reader.stats.roc import area
from reader.stats.verdicts import FAKE, MISSING, REAL, UNSURE, VERDICTS, FloatArray

NO_VERDICT = "This reader has given no verdict."
NOTHING_DECIDED = "There is no verdict other than unsure."
ONE_IMAGE = "A single image gives no interval."
ALL_ALIKE = "Every mark is the same, so the large-sample error is 0 and gives no interval."


def suspicion(codes: ArrayLike) -> FloatArray:
    """Verdicts as scores, fake > unsure > real, of the same shape; ``nan`` where missing."""
    array = np.asarray(codes)
    return np.where(array == MISSING, np.nan, REAL - array.astype(float))


def credit(is_fake: ArrayLike, codes: ArrayLike, *, unsure: float) -> FloatArray:
    """Marks for each verdict: 1 right, 0 wrong, `unsure` for unsure, ``nan`` for missing.

    Parameters
    ----------
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    codes : array_like of int, shape (n_images,) or (n_images, n_readers)
        Codes of `VERDICTS`, or `MISSING`.
    unsure : float
        0.5 keeps guessing at 0.5; 0 and 1 bound it; ``nan`` counts decided verdicts alone.

    Raises
    ------
    ValueError
        If a code is not of `VERDICTS`, or the numbers of images differ.
    """
    said = np.asarray(codes)
    if not np.isin(said, (MISSING, *range(len(VERDICTS)))).all():
        raise ValueError(f"codes must be {FAKE}, {UNSURE}, {REAL} or {MISSING} for missing")
    truth = np.asarray(is_fake)
    if truth.shape != said.shape[:1]:
        raise ValueError(f"give one truth per image, got {truth.shape} for verdicts of shape {said.shape}")
    right = np.where(truth.astype(bool), FAKE, REAL).reshape(-1, *[1] * (said.ndim - 1))
    marks = np.where(said == UNSURE, unsure, (said == right).astype(float))
    return np.where(said == MISSING, np.nan, marks)


@dataclass(frozen=True)
class UnsureShares:
    """One reader's verdicts under every handling of unsure, side by side; missing is in none of them.

    Attributes
    ----------
    coverage : Estimate
        Verdicts that are not unsure, among all.
    accuracy_decided : Estimate
        Right among decided, tested against 1/2.
    accuracy_half_credit : Estimate
        Mean mark with 1/2 for unsure, tested against 1/2 as a mean over images.
    accuracy_worst, accuracy_best : Estimate
        Unsure counted as wrong, and as right: bounds on what deciding could have given.
    """

    coverage: Estimate
    accuracy_decided: Estimate
    accuracy_half_credit: Estimate
    accuracy_worst: Estimate
    accuracy_best: Estimate


@dataclass(frozen=True)
class UnsureViews(UnsureShares):
    """The same beside the `area`: AUC of fake > unsure > real."""

    area: Estimate


def unsure_views(is_fake: ArrayLike, codes: ArrayLike) -> UnsureViews:
    """One reader's accuracy under every handling of unsure.

    Parameters
    ----------
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    codes : array_like of int, shape (n_images,)
        The reader's verdicts as codes of `VERDICTS`, or `MISSING`.

    Returns
    -------
    UnsureViews
        `accuracy_decided` has the exact interval, coverage and the bounds Wilson's. Undefined, with a reason, where
        nothing is read or nothing is decided.

    Raises
    ------
    ValueError
        As `credit`.

    References
    ----------
    Simel et al. (1987), Med. Decis. Making 7:107-114; Shinkins et al. (2013), BMJ 346:f2778.
    """
    return UnsureViews(**vars(unsure_shares(is_fake, codes)), area=area(is_fake, suspicion(codes)))


def unsure_shares(is_fake: ArrayLike, codes: ArrayLike) -> UnsureShares:
    """`unsure_views` without the area, which takes as long as all of them."""
    marks = credit(is_fake, codes, unsure=0.5)
    marks = marks[~np.isnan(marks)]
    n, right, unsure = len(marks), int((marks == 1).sum()), int((marks == 0.5).sum())

    def share(successes: int) -> Estimate:
        return proportion(successes, n, population=Population.THIS_READER, none=NO_VERDICT)

    return UnsureShares(
        coverage=share(n - unsure),
        accuracy_decided=exact_proportion(
            right, n - unsure, chance=0.5, population=Population.THIS_READER, none=NOTHING_DECIDED
        ),
        accuracy_half_credit=_mean_mark(marks),
        accuracy_worst=share(right),
        accuracy_best=share(right + unsure),
    )


def pooled_accuracy(is_fake: ArrayLike, codes: ArrayLike) -> Estimate:
    """Accuracy among decided verdicts of all readers poured together: what others report, never the test to trust.

    Parameters
    ----------
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    codes : array_like of int, shape (n_images, n_readers)
        Verdicts as codes of `VERDICTS`, or `MISSING`.

    Returns
    -------
    Estimate
        Exact interval and test of a binomial, whose `n` counts verdicts, with a warning that it is anticonservative.
    """
    marks = credit(is_fake, codes, unsure=np.nan)
    right, n = int(np.nansum(marks)), int((~np.isnan(marks)).sum())
    return exact_proportion(right, n, chance=0.5, population=Population.POOLED_VERDICTS, none=NOTHING_DECIDED)


def _mean_mark(marks: FloatArray) -> Estimate:
    """Mean of marks over images with Student's interval, cut at 0 and 1."""
    n, population = len(marks), Population.THIS_READER
    if n == 0:
        return undefined(NO_VERDICT, n=0, population=population)
    value = float(marks.mean())
    error = float(marks.std(ddof=1)) / math.sqrt(n) if n > 1 else NAN
    if n == 1 or error == 0:
        return Estimate(value, NAN, NAN, n, population, ONE_IMAGE if n == 1 else ALL_ALIKE, se=error)
    half, p = float(stdtrit(n - 1, UPPER_TAIL)) * error, 2 * float(stdtr(n - 1, -abs(value - 0.5) / error))
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n, population, se=error, p=p, df=n - 1)
