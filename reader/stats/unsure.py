"""What becomes of unsure: every way of counting it side by side, and never as missing."""

import numpy as np
from numpy.typing import ArrayLike

from reader.stats.verdicts import FAKE, MISSING, REAL, UNSURE, VERDICTS, FloatArray


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
