"""Precision, recall, density and coverage: whose neighbourhood an image falls into."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from generation.diffusion.quality.estimate import Estimate, Matrix, mean_of, share

# As in the papers' experiments.
K_PRECISION, K_DENSITY = 3, 5
ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class Neighbourhoods:
    """The four measures. Intervals speak of the images that are judged, and take the other set as it is."""

    precision: Estimate
    recall: Estimate
    density: Estimate
    coverage: Estimate


def neighbourhoods(synthetic: Matrix, reference: Matrix) -> Neighbourhoods:
    """Measures of two samples (n, dimensions), Euclidean.

    Precision is the share of synthetic images within reach of a reference image, its third neighbour's distance;
    recall the same with the sets exchanged. Density counts how many fifth-neighbour balls a synthetic image lies in,
    over five (1 where the sets are alike, and above 1 where images crowd); coverage is the share of reference images
    with a synthetic one within reach.

    References
    ----------
    Kynkäänniemi et al. (2019), arXiv:1904.06991, eq. 1 and 2.
    Naeem et al. (2020), arXiv:2002.09797, eq. 3 and 4.
    """
    n, m = len(synthetic), len(reference)
    in_reach_r = balls_around(reference, synthetic, K_PRECISION)
    in_reach_s = balls_around(synthetic, reference, K_PRECISION)
    wide = balls_around(reference, synthetic, K_DENSITY)
    return Neighbourhoods(
        precision=share(int((in_reach_r.of_points > 0).sum()), n, n, m),
        recall=share(int((in_reach_s.of_points > 0).sum()), m, n, m),
        density=mean_of(wide.of_points / K_DENSITY, n, m),
        coverage=share(int((wide.of_centres > 0).sum()), m, n, m),
    )


@dataclass(frozen=True)
class Balls:
    """In how many balls each point lies, and how many points lie in each ball."""

    of_points: NDArray[np.int64]
    of_centres: NDArray[np.int64]


def balls_around(centres: Matrix, points: Matrix, k: int) -> Balls:
    """Balls around the centres, each as wide as the distance to its k-th neighbour among the centres."""
    radii = kth_distances(centres, k)
    of_points, of_centres = np.zeros(len(points), dtype=np.int64), np.zeros(len(centres), dtype=np.int64)
    for start in range(0, len(points), ROWS_AT_ONCE):
        inside = cdist(points[start : start + ROWS_AT_ONCE], centres) <= radii
        of_points[start : start + ROWS_AT_ONCE] = inside.sum(axis=1)
        of_centres += inside.sum(axis=0)
    return Balls(of_points, of_centres)


def kth_distances(points: Matrix, k: int) -> Matrix:
    """From each point to its k-th nearest other one."""
    found = [
        np.partition(cdist(points[start : start + ROWS_AT_ONCE], points), k, axis=1)[:, k]  # the 0th is itself
        for start in range(0, len(points), ROWS_AT_ONCE)
    ]
    return np.concatenate(found)
