"""Scores as levels: what lets areas of many readers be computed from small tables of counts."""

import numpy as np
from numpy.typing import NDArray

from reader.stats.verdicts import FloatArray, IntArray

MAX_WHOLE = 512
"""Whole scores up to this far apart are levels as they stand; others are ranked reader by reader, which sorts."""

BLOCK_CELLS = 4_000_000
"""Kernel values held at once where levels are too many for tables: 32 MB."""


def level_codes(scores: FloatArray) -> tuple[IntArray, int]:
    """Replace scores by levels from 0 that keep each row's order and ties.

    Parameters
    ----------
    scores : ndarray of float, shape (n_tests, n_images)
        ``nan`` where unread.

    Returns
    -------
    codes : ndarray of int, same shape
        -1 where unread.
    n_levels : int
        One more than the highest level, at least 1.
    """
    known = ~np.isnan(scores)
    if not known.any():
        return np.full(scores.shape, -1, dtype=np.int64), 1
    lowest = scores.min(where=known, initial=np.inf)
    shifted = np.where(known, scores - lowest, -1.0)
    if shifted.max() < MAX_WHOLE:
        whole = shifted.astype(np.int64)
        if (whole == shifted).all():
            return whole, int(whole.max()) + 1
    return _ranked(scores, known)


def level_counts(codes: IntArray, n_levels: int) -> IntArray:
    """How many images of each test are at each level, shape (n_tests, n_levels)."""
    n_tests = len(codes)
    shifted = codes + 1 + np.arange(n_tests)[:, None] * (n_levels + 1)
    counts = np.bincount(shifted.ravel(), minlength=n_tests * (n_levels + 1))
    return counts.reshape(n_tests, n_levels + 1)[:, 1:]


def shared_wins(fakes: IntArray, reals: IntArray, n_levels: int) -> FloatArray:
    """Sum over (fake, real) pairs of the product of two tests' kernels, for every two tests.

    Parameters
    ----------
    fakes, reals : ndarray of int, shape (n_tests, n_images of that truth)
        Levels, -1 where unread.
    n_levels : int
        One more than the highest level.

    Returns
    -------
    ndarray of float, shape (n_tests, n_tests)
        The kernel is 1 where the fake is above the real, 1/2 where they tie, 0 below or where either is unread.
    """
    if n_levels**2 < fakes.shape[1] * reals.shape[1]:
        return _by_tables(fakes, reals, n_levels)
    return _by_blocks(fakes, reals)


def _ranked(scores: FloatArray, known: NDArray[np.bool_]) -> tuple[IntArray, int]:
    codes = np.full(scores.shape, -1, dtype=np.int64)
    for row, read, values in zip(codes, known, scores, strict=True):
        row[read] = np.unique(values[read], return_inverse=True)[1]
    return codes, int(codes.max()) + 1


def _by_tables(fakes: IntArray, reals: IntArray, n_levels: int) -> FloatArray:
    """From the joint counts of levels of each two tests."""
    n_tests = len(fakes)
    sums = np.zeros((n_tests, n_tests))
    together = max(1, BLOCK_CELLS // (n_levels + 1) ** 2)
    for first in range(n_tests):
        for start in range(first, n_tests, together):
            others = slice(start, start + together)
            of_fakes = _joint_counts(fakes[first], fakes[others], n_levels)
            beaten = _joint_counts(reals[first], reals[others], n_levels).astype(float)
            for axis in (1, 2):
                beaten = beaten.cumsum(axis=axis) - beaten / 2
            sums[first, others] = sums[others, first] = (of_fakes * beaten).sum(axis=(1, 2))
    return sums


def _joint_counts(first: IntArray, others: IntArray, n_levels: int) -> IntArray:
    """Images at each level of the first test and of each other one, shape (n_others, n_levels, n_levels)."""
    size = n_levels + 1
    joint = (first + 1) * size + others + 1 + np.arange(len(others))[:, None] * size**2
    counts = np.bincount(joint.ravel(), minlength=len(others) * size**2)
    return counts.reshape(len(others), size, size)[:, 1:, 1:]


def _by_blocks(fakes: IntArray, reals: IntArray) -> FloatArray:
    """From the kernel itself, some fakes at a time."""
    n_tests, n_reals = reals.shape
    sums = np.zeros((n_tests, n_tests))
    step = max(1, BLOCK_CELLS // max(1, n_tests * n_reals))
    for start in range(0, fakes.shape[1], step):
        some = fakes[:, start : start + step, None]
        kernel = (some > reals[:, None, :]) + 0.5 * (some == reals[:, None, :])
        kernel *= reals[:, None, :] >= 0  # an unread fake, at -1, is above no real and ties with none that is read
        flat = kernel.reshape(n_tests, -1)
        sums += flat @ flat.T
    return sums
