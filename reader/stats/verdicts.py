"""Verdicts as codes in their declared order, and the count tables that every agreement coefficient starts from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

VERDICTS = ("fake", "unsure", "real")
"""The declared order, from the signal to its absence. Never sorted: alphabetical order puts unsure last."""

FAKE, UNSURE, REAL = range(3)
"""Codes of `VERDICTS`, and columns of its tables."""

MISSING = -1
"""Code of an image that a reader did not read. It is counted nowhere, and it is not unsure."""


EXACT_FLOAT32 = 2**24
"""Whole numbers from here on are not all exact in float32."""


def encode_verdicts(rows: Sequence[Sequence[str | None]], categories: Sequence[str] = VERDICTS) -> IntArray:
    """Turn words into codes, in the declared order.

    Parameters
    ----------
    rows : sequence of sequences of str or None
        One row per image, one entry per reader; ``None`` where the reader gave no verdict.
    categories : sequence of str
        Every category that a reader could choose, in their declared order, whether or not it was used.

    Returns
    -------
    ndarray of int, shape (n_images, n_readers)
        Position in `categories`, or `MISSING`. Shape (0, 0) where there are no rows.

    Raises
    ------
    ValueError
        If a category is declared twice, a verdict is not declared, or rows differ in length.
    """
    if len(set(categories)) != len(categories):
        raise ValueError(f"categories are declared more than once in {list(categories)}: name each once")
    code_of: dict[str | None, int] = {category: code for code, category in enumerate(categories)}
    strange = {verdict for row in rows for verdict in row} - code_of.keys() - {None}
    if strange:
        raise ValueError(
            f"verdicts {sorted(map(str, strange))} are not among the declared {list(categories)}: "
            "declare them or use None for missing"
        )
    if len({len(row) for row in rows}) > 1:
        raise ValueError("rows differ in length: give each image one entry per reader, None for missing")
    codes = [[code_of.get(verdict, MISSING) for verdict in row] for row in rows]
    return np.array(codes, dtype=np.int64).reshape(len(rows), len(rows[0]) if rows else 0)


def count_table(codes: ArrayLike, n_categories: int) -> IntArray:
    """How many readers put each image into each category.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers)
        Category codes from 0 to ``n_categories - 1``, or `MISSING`, as `encode_verdicts` gives them.
    n_categories : int
        How many categories are declared, used or not.

    Returns
    -------
    ndarray of int, shape (n_images, n_categories)
        Counts of readers. A row sums to the number of readers who read that image, which may be 0.

    Raises
    ------
    ValueError
        If `codes` is not a matrix of integers, or holds a code outside the declared categories.
    """
    small = _small(codes, n_categories)
    return np.stack([(small == code).sum(axis=1, dtype=np.int64) for code in range(n_categories)], axis=1)


def indicators(codes: ArrayLike, n_categories: int) -> NDArray[np.float32]:
    """Ones where a reader put an image into a category, else zeros: what counting by matrix products needs.

    Parameters and errors as for `count_table`; also an error from 2**24 images on.

    Returns
    -------
    ndarray of float32, shape (n_images, n_categories, n_readers)
        Products of float32 run in BLAS at twice the speed of float64, and are exact for counts below 2**24.
    """
    small = _small(codes, n_categories)
    if len(small) >= EXACT_FLOAT32:
        raise ValueError(f"at most {EXACT_FLOAT32 - 1} images can be compared, got {len(small)}: take a sample of them")
    said = small[:, None, :] == np.arange(n_categories, dtype=small.dtype)[:, None]
    ones: NDArray[np.float32] = said.astype(np.float32)
    return ones


def pair_tables(codes: ArrayLike, n_categories: int) -> IntArray:
    """Cross tables of all readers with each other, over the images that both have read, in one product.

    Parameters
    ----------
    codes : array_like of int, shape (n_images, n_readers)
        As for `count_table`.
    n_categories : int
        How many categories are declared, used or not.

    Returns
    -------
    ndarray of int, shape (n_readers, n_readers, n_categories, n_categories)
        ``tables[a, b, i, j]``: images that reader *a* called *i* and reader *b* called *j*.

    Raises
    ------
    ValueError
        As `count_table`.
    """
    said = indicators(codes, n_categories)
    n_readers = said.shape[2]
    flat = said.reshape(len(said), n_categories * n_readers)
    crossed = (flat.T @ flat).reshape(n_categories, n_readers, n_categories, n_readers)
    tables: IntArray = crossed.transpose(1, 3, 0, 2).astype(np.int64)
    return tables


def checked_codes(codes: ArrayLike, n_categories: int) -> IntArray:
    """The same codes, once they are known to be ones: errors as for `count_table`."""
    array = np.asarray(codes)
    if n_categories < 1:
        raise ValueError(f"at least one category must be declared, got {n_categories}")
    if array.ndim != 2:
        raise ValueError(f"codes must have shape (n_images, n_readers), got {array.shape}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"codes must be integers, got {array.dtype}: use encode_verdicts on words")
    if array.size and (array.min() < MISSING or array.max() >= n_categories):
        raise ValueError(
            f"codes must lie from 0 to {n_categories - 1}, or be {MISSING} for missing; "
            f"got {array.min()} to {array.max()}"
        )
    return array.astype(np.int64, copy=False)


def _small(codes: ArrayLike, n_categories: int) -> NDArray[np.integer]:
    """The same codes in as few bytes as hold them: comparing is then bound by memory no more."""
    return checked_codes(codes, n_categories).astype(np.min_scalar_type(-n_categories))
