"""Where a map is cut into structure and surroundings, and how sure each pixel is of its side."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from generation.masks.errors import UnusableAttentionError
from generation.masks.planes import Plane

BINS = 256
VALLEY_BINS = 100
"""DiffuMask looks through bins of 0.01."""
FLAT = 1e-4
"""A map that varies by less than this share of its size does so by rounding."""
SURE = 0.9
"""The probability given to a pixel at the mean of the structure's side."""


@dataclass(frozen=True)
class Cut:
    """A threshold and the mean of the map on each side of it, all in the map's own units."""

    threshold: float
    below: float
    above: float


def otsu(plane: Plane) -> Cut:
    """The threshold that parts a map into the two classes of greatest variance between them.

    Raises
    ------
    UnusableAttentionError
        If the map has one value only.

    References
    ----------
    Otsu (1979), IEEE Trans. Syst. Man Cybern. 9:62-66, eq. 18. doi:10.1109/TSMC.1979.4310076
    """
    counts, edges = _histogram(plane, BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    weight = np.cumsum(counts)[:-1]
    rest = counts.sum() - weight
    total = np.cumsum(counts * middles)
    low = total[:-1] / np.maximum(weight, 1)
    high = (total[-1] - total[:-1]) / np.maximum(rest, 1)
    between = weight * rest * np.square(high - low)
    # An empty valley has many best places; its middle is the one that a change of scale or sign keeps.
    best = int(np.flatnonzero(between >= between.max() * (1 - 1e-12)).mean())
    return cut_at(plane, float(edges[best + 1]))


def valley(plane: Plane) -> Cut:
    """The emptiest place of the smoothed histogram between the two means of Otsu's classes.

    Our definition of an adaptive threshold: the paper's text (Pi and Shan 2025, arXiv:2503.07209) names one without
    saying how it is found, and DiffuMask, which describes a histogram's minimum, searches 0.45 to 0.53 only.
    """
    counts, edges = _histogram(plane, VALLEY_BINS)
    middles = (edges[:-1] + edges[1:]) / 2
    cut = otsu(plane)
    between = (middles > cut.below) & (middles < cut.above)
    if not between.any():
        return cut
    smooth = ndimage.gaussian_filter1d(counts.astype(np.float64), 2.0, mode="nearest")
    return cut_at(plane, float(middles[between][smooth[between].argmin()]))


def cut_at(plane: Plane, threshold: float) -> Cut:
    """A given threshold, in the map's units; a side that holds no pixel takes the threshold as its mean."""
    above = plane >= threshold
    low = float(plane[~above].mean()) if not above.all() else threshold
    high = float(plane[above].mean()) if above.any() else threshold
    return Cut(threshold, low, high)


def probability(plane: Plane, cut: Cut) -> Plane:
    """How surely each pixel is structure: a logistic curve, one half at the threshold, 0.9 at a side's mean.

    Stretching or shifting a map changes nothing, since both sides' means move with it.

    Returns
    -------
    float32 array (rows, columns)
        In (0, 1), dimensionless.
    """
    half_distance = max((cut.above - cut.below) / 2, 1e-6)
    slope = float(np.log(SURE / (1 - SURE))) / half_distance
    return np.asarray(1 / (1 + np.exp(-slope * (plane - np.float32(cut.threshold)))), dtype=np.float32)


def _histogram(plane: Plane, bins: int) -> tuple[np.ndarray, np.ndarray]:
    low, high = float(plane.min()), float(plane.max())
    if not high - low > FLAT * max(abs(high), abs(low)):
        raise UnusableAttentionError("its attention is the same everywhere, so nothing stands out.")
    return np.histogram(plane.astype(np.float64), bins=bins, range=(low, high))
