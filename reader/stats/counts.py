"""The count table of images by categories, and what each image of it says: the kernel of every coefficient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reader.stats.verdicts import FloatArray, IntArray

NO_VERDICTS = "No verdict has been given."
NO_PAIRS = "No image has been read by two readers, so there is nothing to compare."


@dataclass(frozen=True)
class ReadImages:
    """The images of a count table that hold a verdict.

    Attributes
    ----------
    counts : ndarray of int, shape (n, n_categories)
    readers : ndarray of int, shape (n,)
        Verdicts on each image, at least 1.
    within : ndarray of float, shape (n, n_categories)
        Shares of the categories within each image.
    compared : ndarray of bool, shape (n,)
        Whether an image has two verdicts or more.
    agreeing : ndarray of float, shape (n,)
        Mean weight of the pairs of verdicts on an image, in [0, 1]; 0 where there is no pair.
    """

    counts: IntArray
    readers: IntArray
    within: FloatArray
    compared: NDArray[np.bool_]
    agreeing: FloatArray

    @property
    def n_compared(self) -> int:
        """Images with two verdicts or more."""
        return int(self.compared.sum())

    @property
    def are_pairs(self) -> bool:
        """Whether every image has exactly two verdicts, so that the data are one cross table."""
        return bool((self.readers == 2).all())

    @property
    def refusal(self) -> str:
        """Why there is nothing to compare; empty where there is something."""
        if len(self.counts) == 0:
            return NO_VERDICTS
        return "" if self.compared.any() else NO_PAIRS


def read_images(counts: ArrayLike, weights: FloatArray) -> ReadImages:
    """Drop unread images and see what each other one says.

    Parameters
    ----------
    counts : array_like of int, shape (n_images, n_categories)
        Readers who put each image into each category, as `count_table` gives it.
    weights : ndarray of float, shape (n_categories, n_categories)
        As `agreement_weights` gives it.

    Returns
    -------
    ReadImages

    Raises
    ------
    ValueError
        If `counts` is not a matrix of whole numbers from 0.

    References
    ----------
    Fleiss (1971), Psychol. Bull. 76:378-382, eq. 2, with weights and any number of readers as in
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., ch. 5.
    """
    table = checked_counts(counts)
    table = table[table.sum(axis=1) > 0]
    readers = table.sum(axis=1)
    pairs = readers * (readers - 1)
    agreeing = ((table @ weights) * table).sum(axis=1) - readers
    return ReadImages(table, readers, table / readers[:, None], pairs > 0, agreeing / np.maximum(pairs, 1))


def checked_counts(counts: ArrayLike) -> IntArray:
    """The same table, once it is known to be one.

    Raises
    ------
    ValueError
        If it is not a matrix of whole numbers from 0 with at least one column.
    """
    table = np.asarray(counts)
    if table.ndim != 2 or table.shape[1] == 0:
        raise ValueError(f"counts must have shape (n_images, n_categories), got {table.shape}")
    if not np.issubdtype(table.dtype, np.integer) or (table < 0).any():
        raise ValueError("counts must be whole numbers of readers, none below 0")
    return table.astype(np.int64, copy=False)
