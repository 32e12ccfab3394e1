"""The kernel distance between two sets of features: KID, which is unbiased at any number of images."""

import numpy as np

from generation.diffusion.quality.estimate import Jackknife, Matrix, blocks_of


def polynomial(a: Matrix, b: Matrix) -> Matrix:
    """``(a·b / dimensions + 1)³`` of every pair (Bińkowski et al. 2018, arXiv:1801.01401, section 4)."""
    products: Matrix = (a @ b.T / a.shape[1] + 1.0) ** 3
    return products


def kernel_distance(synthetic: Matrix, reference: Matrix) -> Jackknife:
    """The unbiased squared maximum mean discrepancy of two samples whose rows stand in random order.

    Over all pairs at once, not over random subsets of 1,000: the subsets' mean estimates the same number with more
    noise. Summed block by block, so that the jackknife costs no kernel twice and memory stays small.

    References
    ----------
    Gretton et al. (2012), J. Mach. Learn. Res. 13:723-773, eq. 3.
    """
    own, other, cross = _sums(synthetic, None), _sums(reference, None), _sums(synthetic, reference)
    n, m = _sizes(synthetic), _sizes(reference)
    return Jackknife(
        _discrepancy(own, other, cross, n, m),
        np.array([_discrepancy(_without(own, i), other, np.delete(cross, i, 0), np.delete(n, i), m)
                  for i in range(len(n))]),
        np.array([_discrepancy(own, _without(other, j), np.delete(cross, j, 1), n, np.delete(m, j))
                  for j in range(len(m))]),
    )  # fmt: skip


def _discrepancy(own: Matrix, other: Matrix, cross: Matrix, n: Matrix, m: Matrix) -> float:
    """From sums over blocks of pairs: each image is paired with every other one and never with itself."""
    ns, nr = float(n.sum()), float(m.sum())
    within = own.sum() / (ns * (ns - 1)) + other.sum() / (nr * (nr - 1))
    return float(within - 2 * cross.sum() / (ns * nr))


def _sums(a: Matrix, b: Matrix | None) -> Matrix:
    """Sums of the kernel over each pair of blocks; within one sample without each image's pair with itself."""
    parts_a = [a[part] for part in blocks_of(len(a))]
    parts_b = parts_a if b is None else [b[part] for part in blocks_of(len(b))]
    sums = np.array([[polynomial(one, two).sum() for two in parts_b] for one in parts_a])
    if b is None:
        sums -= np.diag([float((((one * one).sum(axis=1) / one.shape[1] + 1.0) ** 3).sum()) for one in parts_a])
    return sums


def _sizes(rows: Matrix) -> Matrix:
    return np.array([len(part) for part in blocks_of(len(rows))], dtype=np.float64)


def _without(sums: Matrix, index: int) -> Matrix:
    return np.delete(np.delete(sums, index, 0), index, 1)
