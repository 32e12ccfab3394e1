"""The area under an ROC curve by DeLong, for images that may share patients, and for means over nets. No torch here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Placements:
    """What each test image adds to an area; means and differences of areas are means and differences of these.

    Attributes
    ----------
    values : ndarray of float, shape (n_images,)
        With the finding: the share of images without that it scores above; without: the share of images with it that
        score above it. Ties count half.
    labels : ndarray of bool, shape (n_images,)
    """

    values: Matrix
    labels: NDArray[np.bool_]

    @property
    def area(self) -> float:
        """The area under the curve, or the mean or difference of such."""
        return float(self.values[self.labels].mean())


def midranks(values: Matrix) -> Matrix:
    """The rank of each from 1 on, ties sharing their mean (scipy.stats has it too, for 40 MB of each web process)."""
    ordered = np.sort(values)
    below, upto = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray((below + upto + 1) / 2)


def placements(labels: ArrayLike, scores: ArrayLike) -> Placements:
    """By ranks, in n log n.

    Parameters
    ----------
    labels : array_like of bool, shape (n_images,)
        With the finding, or without; both must be there.
    scores : array_like of float, shape (n_images,)

    Raises
    ------
    ValueError
        If the shapes differ, or all images are of one kind.

    References
    ----------
    Sun and Xu (2014), IEEE Signal Process. Lett. 21:1389-1393. doi:10.1109/LSP.2014.2337313
    """
    truth, values = np.asarray(labels).astype(bool), np.asarray(scores, dtype=float)
    if truth.shape != values.shape or truth.ndim != 1:
        raise ValueError(f"give one label and one score for each image, got shapes {truth.shape} and {values.shape}")
    if truth.all() or not truth.any():
        raise ValueError("all test images are of one kind: an area takes images with the finding and without")
    placed, among_all = np.empty(len(values)), midranks(values)
    for kind, others in ((truth, ~truth), (~truth, truth)):
        above = (among_all[kind] - midranks(values[kind])) / others.sum()
        placed[kind] = above if kind is truth else 1 - above
    return Placements(placed, truth)


def area_variance(placed: Placements, patients: ArrayLike) -> float:
    """Variance over patients of an area, or of a mean or difference of areas.

    Parameters
    ----------
    patients : array_like of int, shape (n_images,)
        Whose image each is. Where each patient has one image, this is DeLong's variance exactly.

    Returns
    -------
    float
        ``nan`` with fewer than two patients of either kind.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845.
    Obuchowski (1997), Biometrics 53:567-578: clustered data. doi:10.2307/2533958
    """
    whose = np.unique(np.asarray(patients), return_inverse=True)[1]
    sums, n_of = [], []
    for kind in (placed.labels, ~placed.labels):
        away = np.where(kind, placed.values - placed.area, 0.0)
        sums.append(np.bincount(whose, away))
        n_of.append(np.bincount(whose, kind))
    (with_it, without), (m, n) = sums, (of.sum() for of in n_of)
    n_with, n_without, n_all = (int((of > 0).sum()) for of in (*n_of, n_of[0] + n_of[1]))
    if n_with < 2 or n_without < 2:
        return float("nan")
    own = n_with / (n_with - 1) * (with_it**2).sum() / m**2 + n_without / (n_without - 1) * (without**2).sum() / n**2
    return float(own + 2 * n_all / (n_all - 1) * (with_it * without).sum() / (m * n))
