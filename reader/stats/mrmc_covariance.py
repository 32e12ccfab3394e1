"""Covariances of readers' figures of merit over the sampling of images: by DeLong, jackknife and bootstrap."""

from collections.abc import Callable

import numpy as np

from reader.stats.mrmc_merits import Merit
from reader.stats.verdicts import FloatArray

Covariance = Callable[[Merit], FloatArray]
"""From a figure of merit to its covariances, shape (n_tests, n_tests)."""


def delong_covariance(merit: Merit) -> FloatArray:
    """Covariances from the spread of each image's placement.

    Parameters
    ----------
    merit : Merit
        Tests may have read different images; a covariance is then that of the images both have read.

    Returns
    -------
    ndarray of float, shape (n_tests, n_tests)
        In units of the figure squared. ``nan`` on the diagonal where a test has one image of a class or none.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845, eq. 5-6.
    """
    n_tests = len(merit.values)
    total = np.zeros((n_tests, n_tests))
    for part in merit.parts:
        centred, known = _centred(part)
        shared, n = known @ known.T, known.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            products = centred @ centred.T * (shared / (shared - 1)) / np.outer(n, n)
        total += np.where((shared > 1) | _own(n_tests), products, 0.0)
    return total


def jackknife_covariance(merit: Merit) -> FloatArray:
    """Covariances from leaving out one image at a time, all classes together.

    Parameters
    ----------
    merit : Merit
        As for `delong_covariance`. Leaving out an image moves a figure by (mean - placement) / (n - 1), so no
        figure is computed again.

    Returns
    -------
    ndarray of float, shape (n_tests, n_tests)
        In units of the figure squared. ``nan`` where a test has one image of a class or none.

    References
    ----------
    Quenouille (1956), Biometrika 43:353-360; Hillis, Obuchowski, Schartz and Berbaum (2005), Stat. Med. 24:1579-1607.
    """
    n_tests, n_images = len(merit.values), images_read(merit)
    total = np.zeros((n_tests, n_tests))
    for part in merit.parts:
        centred, known = _centred(part)
        left = known.sum(axis=1) - 1
        with np.errstate(invalid="ignore", divide="ignore"):
            moved = centred / left[:, None]
            total += moved @ moved.T
    return total * (n_images - 1) / max(n_images, 1)


def bootstrap_covariance(merit: Merit, *, resamples: int, rng: np.random.Generator) -> FloatArray:
    """Covariances over resamples of the images, drawn with replacement within each class.

    Parameters
    ----------
    merit : Merit
        As for `delong_covariance`.
    resamples : int
        How many, at least 2; those that leave a test without an image of some class are dropped.
    rng : numpy.random.Generator
        Decides the resamples.

    Returns
    -------
    ndarray of float, shape (n_tests, n_tests)
        In units of the figure squared; ``nan`` where fewer than two resamples are left.

    Raises
    ------
    ValueError
        If `resamples` is below 2.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 6.
    """
    if resamples < 2:
        raise ValueError(f"a covariance needs at least two resamples, got {resamples}")
    values = merit.resampled([_multiplicities(part.shape[1], resamples, rng) for part in merit.parts])
    values = values[~np.isnan(values).any(axis=1)]
    if len(values) < 2:
        return np.full((values.shape[1],) * 2, np.nan)
    return np.atleast_2d(np.cov(values, rowvar=False))


def images_read(merit: Merit) -> int:
    """Images, of all classes, that any test has read."""
    return sum(int((~np.isnan(part)).any(axis=0).sum()) for part in merit.parts)


def _centred(part: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rows less their means with 0 where unread, and 1 or 0 for read or not."""
    read = ~np.isnan(part)
    known = read.astype(float)
    filled = np.where(read, part, 0.0)
    means = filled.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1.0)
    filled -= means * known
    return filled, known


def _own(n_tests: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.eye(n_tests, dtype=bool)


def _multiplicities(n_images: int, resamples: int, rng: np.random.Generator) -> FloatArray:
    drawn = rng.integers(0, n_images, size=(resamples, n_images)) if n_images else np.zeros((resamples, 0), int)
    drawn += np.arange(resamples)[:, None] * n_images
    counts = np.bincount(drawn.ravel(), minlength=resamples * n_images)
    return counts.reshape(resamples, n_images).astype(float)
