"""Right and wrong on the same images: McNemar's test of two readers, Cochran's Q of several."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, chdtrc, gammaln

from reader.stats.estimate import NAN

ALL_ALIKE = "The two were right on the same images, so there is nothing to compare."
NO_DIFFERENCE_WITHIN = "On every image all readers were right or all were wrong, so there is nothing to compare."
TOO_FEW = "Fewer than two readers, or no image that all have judged."


@dataclass(frozen=True)
class McNemar:
    """Two readers, or one reader under two conditions, over the images both have judged.

    Attributes
    ----------
    both, only_first, only_second, neither : int
        Images on which both were right, only the first, only the second, none.
    exact_p, mid_p : float
        Two-sided; 1 where no image sets the two apart. The mid-p test is closer to its level than the exact one.
    chi2, chi2_continuity : float
        On 1 degree of freedom, without and with continuity correction; ``nan`` where no image sets the two apart.
    reason : str
        Why chi-squared is undefined, else empty.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    exact_p: float
    mid_p: float
    chi2: float
    chi2_continuity: float
    reason: str = ""


@dataclass(frozen=True)
class CochranQ:
    """Whether several readers are right equally often; `q` is chi-squared on `df`, ``nan`` with a `reason`."""

    q: float
    df: int
    p: float
    n_images: int
    reason: str = ""


def mcnemar(first: ArrayLike, second: ArrayLike) -> McNemar:
    """McNemar's test of who is right more often.

    Parameters
    ----------
    first, second : array_like of float, shape (n_images,)
        1 right, 0 wrong; ``nan`` for missing, and for unsure where decided verdicts alone are compared.

    Returns
    -------
    McNemar
        Over the images with a mark from both.

    Raises
    ------
    ValueError
        If the shapes differ or a mark is not 0, 1 or ``nan``.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"give one mark per image for each, got shapes {a.shape} and {b.shape}")
    known = ~(np.isnan(a) | np.isnan(b))
    a, b = a[known], b[known]
    if not np.isin([a, b], (0, 1)).all():
        raise ValueError("marks must be 1 for right, 0 for wrong or nan: half credit cannot be paired")
    counts = [int(((a == x) & (b == y)).sum()) for x, y in ((1, 1), (1, 0), (0, 1), (0, 0))]
    return mcnemar_of_counts(*counts)


def mcnemar_of_counts(both: int, only_first: int, only_second: int, neither: int) -> McNemar:
    """As `mcnemar`, from the four counts of images.

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    McNemar (1947), Psychometrika 12:153-157.
    Fagerland, Lydersen and Laake (2013), BMC Med. Res. Methodol. 13:91: exact conditional and mid-p.
    """
    if min(both, only_first, only_second, neither) < 0:
        raise ValueError("counts of images must not be negative")
    apart, fewer = only_first + only_second, min(only_first, only_second)
    if apart == 0:
        return McNemar(both, 0, 0, neither, 1.0, 1.0, NAN, NAN, ALL_ALIKE)
    point = float(np.exp(gammaln(apart + 1) - gammaln(fewer + 1) - gammaln(apart - fewer + 1) - apart * np.log(2)))
    exact = min(1.0, 2 * float(bdtr(fewer, apart, 0.5)))
    mid = 1 - point / 2 if only_first == only_second else exact - point
    gap = abs(only_first - only_second)
    return McNemar(both, only_first, only_second, neither, exact, mid, gap**2 / apart, max(gap - 1, 0) ** 2 / apart)


def cochran_q(marks: ArrayLike) -> CochranQ:
    """Cochran's Q over the images that every reader has judged.

    Parameters
    ----------
    marks : array_like of float, shape (n_images, n_readers)
        1 right, 0 wrong, ``nan`` missing.

    Returns
    -------
    CochranQ
        Undefined with fewer than two readers, without a common image, or where readers never differ.

    Raises
    ------
    ValueError
        If a mark is not 0, 1 or ``nan``.

    References
    ----------
    Cochran (1950), Biometrika 37:256-266.
    """
    table = np.asarray(marks, dtype=float)
    if table.ndim != 2 or not np.isin(table[~np.isnan(table)], (0, 1)).all():
        raise ValueError("marks must have shape (n_images, n_readers) and hold 1, 0 or nan")
    table = table[~np.isnan(table).any(axis=1)]
    n, k = table.shape
    if k < 2 or n == 0:
        return CochranQ(NAN, max(k - 1, 0), NAN, n, TOO_FEW)
    by_image, by_reader = table.sum(axis=1), table.sum(axis=0)
    within = float((by_image * (k - by_image)).sum())
    if within == 0:
        return CochranQ(NAN, k - 1, NAN, n, NO_DIFFERENCE_WITHIN)
    q = k * (k - 1) * float(((by_reader - by_reader.mean()) ** 2).sum()) / within
    return CochranQ(q, k - 1, float(chdtrc(k - 1, q)), n)
