"""Images that may have been learned by heart: nearer to one reference image than real images are to each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from generation.diffusion.quality.features import Described

QUANTILE = 0.01
FEWEST_REFERENCE = 20
ROWS_AT_ONCE = 256
MEASURES = ("features", "low_pass")


@dataclass(frozen=True)
class Nearest:
    """For each image the nearest reference image by one measure, and the distance to it by both."""

    index: NDArray[np.int64]
    distances: dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Copies:
    """`by` each measure: what is nearest to each synthetic image, and to each reference image among the others.

    A suspect lies below both thresholds from one and the same reference image. Of each threshold, a share of QUANTILE
    of the real images lies below from another patient's image.
    """

    by: dict[str, Nearest]
    among_real: dict[str, Nearest]
    thresholds: dict[str, float]

    @property
    def suspects(self) -> NDArray[np.bool_]:
        """Which synthetic images are."""
        return self._below(self.by)

    @property
    def real_suspects(self) -> NDArray[np.bool_]:
        """Which real images would be, had they been drawn: the false alarms to expect."""
        return self._below(self.among_real)

    def _below(self, nearest: dict[str, Nearest]) -> NDArray[np.bool_]:
        found = [
            np.logical_and.reduce([one.distances[name] < self.thresholds[name] for name in MEASURES])
            for one in nearest.values()
        ]
        return np.asarray(np.logical_or.reduce(found))


def copies_among(synthetic: Described, reference: Described, groups: NDArray[np.int64]) -> Copies:
    """Look for copies by two measures that see different things: the net's features, and the picture blurred.

    Parameters
    ----------
    groups : ndarray of int
        The patient of each reference image; images of one patient are alike and calibrate nothing.

    Raises
    ------
    ValueError
        If there are fewer than 20 reference images, or all are of one patient.
    """
    if len(reference) < FEWEST_REFERENCE:
        raise ValueError(f"At least {FEWEST_REFERENCE} reference images are needed, not {len(reference)}.")
    if len(np.unique(groups)) < 2:
        raise ValueError("The reference images are all of one patient.")
    by = nearest_of(synthetic, reference, None)
    among = nearest_of(reference, reference, groups)
    thresholds = {name: float(np.quantile(among[name].distances[name], QUANTILE, method="lower")) for name in MEASURES}
    return Copies(by, among, thresholds)


def nearest_of(images: Described, reference: Described, groups: NDArray[np.int64] | None) -> dict[str, Nearest]:
    """By each measure; with `groups`, the images are the reference itself and look beyond their own group."""
    chunks = [
        _nearest_rows(images, reference, groups, np.arange(start, min(start + ROWS_AT_ONCE, len(images))))
        for start in range(0, len(images), ROWS_AT_ONCE)
    ]
    return {
        name: Nearest(
            np.concatenate([chunk[name].index for chunk in chunks]),
            {each: np.concatenate([chunk[name].distances[each] for chunk in chunks]) for each in MEASURES},
        )
        for name in MEASURES
    }


def _nearest_rows(
    images: Described, reference: Described, groups: NDArray[np.int64] | None, rows: NDArray[np.int64]
) -> dict[str, Nearest]:
    apart = {
        "features": cdist(images.features[rows], reference.features),
        "low_pass": 1.0 - images.low_pass[rows] @ reference.low_pass.T,
    }
    own = np.zeros(apart["features"].shape, dtype=bool) if groups is None else groups[rows][:, None] == groups
    found = {}
    for name in MEASURES:
        index = np.where(own, np.inf, apart[name]).argmin(axis=1)
        found[name] = Nearest(index, {each: apart[each][np.arange(len(rows)), index] for each in MEASURES})
    return found
