"""The Fréchet distance between two sets of features taken as Gaussian: FID, in whatever net."""

import numpy as np

from generation.diffusion.quality.estimate import Jackknife, Matrix, jackknife


def frechet_distance(mean_a: Matrix, covariance_a: Matrix, mean_b: Matrix, covariance_b: Matrix) -> float:
    """Squared Fréchet distance between two Gaussians, by eigenvalues of symmetric matrices only.

    ``|a - b|² + tr(A + B - 2 (A½ B A½)½)``: the trace of the root is the sum of the roots of the eigenvalues.

    References
    ----------
    Dowson and Landau (1982), J. Multivar. Anal. 12:450-455. doi:10.1016/0047-259X(82)90077-X
    Heusel et al. (2017), arXiv:1706.08500, eq. 6.
    """
    values, vectors = np.linalg.eigh(covariance_a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    shared = np.linalg.eigvalsh(root @ covariance_b @ root).clip(0)
    apart = float(((mean_a - mean_b) ** 2).sum())
    return apart + float(np.trace(covariance_a) + np.trace(covariance_b) - 2 * np.sqrt(shared).sum())


def distance_of(synthetic: Matrix, reference: Matrix) -> float:
    """The distance between two samples (n, dimensions)."""
    return frechet_distance(
        synthetic.mean(axis=0), np.cov(synthetic, rowvar=False), reference.mean(axis=0), np.cov(reference, rowvar=False)
    )


def frechet(synthetic: Matrix, reference: Matrix) -> Jackknife:
    """FID of two samples whose rows stand in random order.

    FID grows with smaller samples, by a part that shrinks as 1 / n; `unbiased` takes that part away, as FID∞ does.

    References
    ----------
    Chong and Forsyth (2020), arXiv:1911.07023, section 3.
    """
    return jackknife(synthetic, reference, distance_of)
