"""Figures of merit of many readers at once: each reader's value, and what each image adds to it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader.stats.mrmc_levels import level_codes, level_counts, shared_wins
from reader.stats.verdicts import FloatArray

BoolArray = NDArray[np.bool_]


class Merit(Protocol):
    """A figure of merit of each test: a reader, or a reader under one condition."""

    @property
    def values(self) -> FloatArray:
        """The figure of each test, shape (n_tests,); ``nan`` where it is undefined."""

    @property
    def parts(self) -> Sequence[FloatArray]:
        """What each image adds, one array (n_tests, n_images of a class) for each class sampled on its own.

        ``nan`` where the image is unread. The sample variance of a row over its number of images, summed over the
        parts, is DeLong's variance of the test.
        """

    def resampled(self, weights: Sequence[FloatArray]) -> FloatArray:
        """Values (n_resamples, n_tests) under weights (n_resamples, n_images) for the images of each part."""

    def pair_sums(self) -> tuple[FloatArray, FloatArray]:
        """Sums of products of kernel values for each pair of tests, and how many products are in each.

        Shapes (2, ..., 2, n_tests, n_tests), one axis for each part: index 0 where both factors share that part's
        image, 1 where each runs over all images.
        """

    def of(self, tests: Sequence[int]) -> "Merit":
        """The same figure for some of the tests."""


@dataclass(frozen=True)
class Areas:
    """Area under the ROC curve of each test: the share of (fake, real) pairs where the fake looks more fake.

    Attributes
    ----------
    fakes, reals : ndarray of int, shape (n_tests, n_images of that truth)
        Suspicion as levels from 0, comparable within a test only; -1 where unread.
    n_levels : int
        One more than the highest level.
    """

    fakes: NDArray[np.int64]
    reals: NDArray[np.int64]
    n_levels: int

    @cached_property
    def values(self) -> FloatArray:
        """Trapezoidal areas, ties counted as half (Bamber 1975)."""
        return _row_means(self.parts[0])

    @cached_property
    def parts(self) -> tuple[FloatArray, FloatArray]:
        """DeLong's placements: of each fake among the reals, of each real among the fakes."""
        reals, fakes = level_counts(self.reals, self.n_levels), level_counts(self.fakes, self.n_levels)
        with np.errstate(invalid="ignore", divide="ignore"):
            below = (reals.cumsum(axis=1) - reals / 2) / reals.sum(axis=1, keepdims=True)
            above = 1 - (fakes.cumsum(axis=1) - fakes / 2) / fakes.sum(axis=1, keepdims=True)
        return _looked_up(below, self.fakes), _looked_up(above, self.reals)

    def resampled(self, weights: Sequence[FloatArray]) -> FloatArray:
        """As `Merit.resampled`: weighted areas, by cumulative weights over levels."""
        areas = np.empty((len(weights[0]), len(self.fakes)))
        for test, (fakes, reals) in enumerate(zip(self.fakes, self.reals, strict=True)):
            areas[:, test] = _weighted_area(fakes, weights[0], reals, weights[1])
        return areas

    def pair_sums(self) -> tuple[FloatArray, FloatArray]:
        """As `Merit.pair_sums`; axes are fakes, then reals."""
        fakes_read, reals_read = (self.fakes >= 0).astype(float), (self.reals >= 0).astype(float)
        n_fakes, n_reals = fakes_read.sum(axis=1), reals_read.sum(axis=1)
        by_fake = np.nan_to_num(self.parts[0]) * n_reals[:, None]
        by_real = np.nan_to_num(self.parts[1]) * n_fakes[:, None]
        wins = by_fake.sum(axis=1)
        both_fakes, both_reals = fakes_read @ fakes_read.T, reals_read @ reals_read.T
        sums = [[shared_wins(self.fakes, self.reals, self.n_levels), by_fake @ by_fake.T]]
        sums += [[by_real @ by_real.T, np.outer(wins, wins)]]
        counts = [[both_fakes * both_reals, both_fakes * np.outer(n_reals, n_reals)]]
        counts += [[both_reals * np.outer(n_fakes, n_fakes), np.outer(n_fakes * n_reals, n_fakes * n_reals)]]
        return np.array(sums), np.array(counts)

    def of(self, tests: Sequence[int]) -> "Areas":
        """The same figure for some of the tests."""
        return Areas(self.fakes[list(tests)], self.reals[list(tests)], self.n_levels)


@dataclass(frozen=True)
class Shares:
    """A share of each test: the mean of marks between 0 and 1 over the images read.

    Attributes
    ----------
    marks : tuple of ndarray of float, each of shape (n_tests, n_images of that class)
        One array for each class of images sampled on its own; the figure is the mean of the classes' means.
        ``nan`` where unread.
    """

    marks: tuple[FloatArray, ...]

    @cached_property
    def values(self) -> FloatArray:
        """Mean over the classes of each test's mean mark."""
        means: FloatArray = np.mean([_row_means(part) for part in self.marks], axis=0)
        return means

    @cached_property
    def parts(self) -> tuple[FloatArray, ...]:
        """The marks, each over the number of classes."""
        return tuple(part / len(self.marks) for part in self.marks)

    def resampled(self, weights: Sequence[FloatArray]) -> FloatArray:
        """As `Merit.resampled`."""
        total = np.zeros((len(weights[0]), len(self.marks[0])))
        for weight, part in zip(weights, self.parts, strict=True):
            with np.errstate(invalid="ignore"):
                total += weight @ np.nan_to_num(part).T / (weight @ ~np.isnan(part).T)
        return total

    def pair_sums(self) -> tuple[FloatArray, FloatArray]:
        """As `Merit.pair_sums`, for a share over one class of images.

        Raises
        ------
        ValueError
            If the share is of more than one class.
        """
        if len(self.marks) != 1:
            raise ValueError("U-statistics are made for shares over one class of images: use Areas for two")
        known = (~np.isnan(self.marks[0])).astype(float)
        marks, n = np.nan_to_num(self.marks[0]), known.sum(axis=1)
        total = marks.sum(axis=1)
        return np.array([marks @ marks.T, np.outer(total, total)]), np.array([known @ known.T, np.outer(n, n)])

    def of(self, tests: Sequence[int]) -> "Shares":
        """The same figure for some of the tests."""
        return Shares(tuple(part[list(tests)] for part in self.marks))


def area_merit(is_fake: ArrayLike, scores: ArrayLike) -> Areas:
    """AUC of each test from suspicion scores.

    Parameters
    ----------
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    scores : array_like of float, shape (n_images, n_readers) or (n_conditions, n_images, n_readers)
        How fake each image looked, higher is more fake; ``nan`` where unread. Only the order within a reader
        counts.

    Returns
    -------
    Areas
        Tests run over conditions, then readers.

    Raises
    ------
    ValueError
        If the shapes differ or `is_fake` is neither boolean nor 0 and 1.
    """
    fakes, tests = _checked(is_fake, scores)
    codes, n_levels = level_codes(tests)
    return Areas(codes[:, fakes], codes[:, ~fakes], n_levels)


def share_merit(marks: ArrayLike) -> Shares:
    """A share over all images as one sample: accuracy from `credit`, coverage, or any mark from 0 to 1.

    Parameters
    ----------
    marks : array_like of float, shape (n_images, n_readers) or (n_conditions, n_images, n_readers)
        0 to 1; ``nan`` where unread or not counted.

    Returns
    -------
    Shares
        Tests run over conditions, then readers.

    Raises
    ------
    ValueError
        If `marks` has another shape.
    """
    tests = _as_tests(np.asarray(marks, dtype=float))
    return Shares((tests,))


def class_merit(is_fake: ArrayLike, marks: ArrayLike, *, fakes: bool) -> Shares:
    """A share over the fakes alone (sensitivity) or the reals alone (specificity).

    Parameters and errors are as for `area_merit` and `share_merit`.
    """
    of_fakes, tests = _checked(is_fake, marks)
    return Shares((tests[:, of_fakes if fakes else ~of_fakes],))


def balanced_merit(is_fake: ArrayLike, marks: ArrayLike) -> Shares:
    """Balanced accuracy: the mean of the shares over fakes and over reals, each class a sample of its own.

    Parameters and errors are as for `area_merit` and `share_merit`.
    """
    of_fakes, tests = _checked(is_fake, marks)
    return Shares((tests[:, of_fakes], tests[:, ~of_fakes]))


def _as_tests(values: FloatArray) -> FloatArray:
    if values.ndim not in (2, 3):
        raise ValueError(f"give shape (n_images, n_readers) or (n_conditions, n_images, n_readers), got {values.shape}")
    tests = np.swapaxes(values, -1, -2)
    return np.ascontiguousarray(tests.reshape(math.prod(tests.shape[:-1]), tests.shape[-1]))


def _checked(is_fake: ArrayLike, values: ArrayLike) -> tuple[BoolArray, FloatArray]:
    truth, tests = np.asarray(is_fake), _as_tests(np.asarray(values, dtype=float))
    if truth.shape != (tests.shape[1],):
        raise ValueError(f"give one truth per image, got {truth.shape} for {tests.shape[1]} images")
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("is_fake must hold only True and False: leave out images of unknown truth")
    return truth.astype(bool), tests


def _row_means(part: FloatArray) -> FloatArray:
    known = ~np.isnan(part)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: FloatArray = np.sum(part, axis=1, where=known) / known.sum(axis=1)
    return means


def _looked_up(table: FloatArray, codes: NDArray[np.int64]) -> FloatArray:
    """``table[test, code]`` for each code of each test, ``nan`` for -1."""
    with_unread = np.concatenate([table, np.full((len(table), 1), np.nan)], axis=1)
    rows = np.arange(len(table))[:, None] * with_unread.shape[1]
    found: FloatArray = with_unread.ravel()[np.where(codes < 0, table.shape[1], codes) + rows]
    return found


def _weighted_area(
    fakes: NDArray[np.int64], fake_weights: FloatArray, reals: NDArray[np.int64], real_weights: FloatArray
) -> FloatArray:
    order = np.argsort(reals, kind="stable")
    order = order[reals[order] >= 0]
    reached = np.concatenate([np.zeros((len(real_weights), 1)), np.cumsum(real_weights[:, order], axis=1)], axis=1)
    read = fakes >= 0
    below = reached[:, np.searchsorted(reals[order], fakes[read], side="left")]
    up_to = reached[:, np.searchsorted(reals[order], fakes[read], side="right")]
    weights = fake_weights[:, read]
    with np.errstate(invalid="ignore", divide="ignore"):
        area: FloatArray = (weights * (below + up_to) / 2).sum(axis=1) / (weights.sum(axis=1) * reached[:, -1])
    return area
