"""Spreads a map along the affinities between neighbours on a grid of 64 x 64 nodes, whatever the picture's size.

A walk is many products of one sparse matrix with one vector: the same numbers as squaring the dense matrix, which
PSA does, in a thousandth of the time.
"""

import numpy as np
from scipy import sparse

from generation.masks.planes import Plane

SIDE = 64
RADIUS = 5
PSA_POWER, PSA_STEPS = 8.0, 256
RESTART_SHARE, RESTART_STEPS = 0.8, 60


def offsets(radius: int = RADIUS) -> list[tuple[int, int]]:
    """The half plane of neighbours nearer than `radius`, as (rows, columns): 34 at radius 5, each pair once."""
    near = range(-radius + 1, radius)
    return [(dy, dx) for dy in range(radius) for dx in near if (dy > 0 or dx > 0) and dy * dy + dx * dx < radius**2]


def transition(affinities: list[Plane], power: float) -> sparse.csr_array:
    """What share of a node's next value comes from each neighbour and from itself: rows that sum to one.

    Parameters
    ----------
    affinities : list of float arrays (rows, columns)
        For each of `offsets()`: affinity in [0, 1] of the node at a place with the node at place plus offset; entries
        whose partner lies outside the grid are not read.
    power : float
        PSA's beta: higher cuts weak links.

    References
    ----------
    Ahn and Kwak (2018), AffinityNet (PSA), arXiv:1803.10464, eq. 4 and 5.
    """
    rows, columns = affinities[0].shape
    node = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    ones, others, links = [node.ravel()], [node.ravel()], [np.ones(node.size, dtype=np.float32)]
    for (dy, dx), affinity in zip(offsets(), affinities, strict=True):
        here = np.s_[: rows - dy, max(0, -dx) : columns - max(0, dx)]
        there = np.s_[dy:, max(0, dx) : columns - max(0, -dx)]
        link = np.power(affinity[here], power).ravel()
        ones += [node[here].ravel(), node[there].ravel()]
        others += [node[there].ravel(), node[here].ravel()]
        links += [link, link]
    matrix = sparse.csr_array(
        (np.concatenate(links), (np.concatenate(ones), np.concatenate(others))), shape=(node.size, node.size)
    )
    return sparse.csr_array(sparse.diags_array(1 / np.asarray(matrix.sum(axis=1)).ravel()) @ matrix)


def walk(matrix: sparse.csr_array, start: Plane, steps: int = PSA_STEPS) -> Plane:
    """The map after so many steps: matrix^steps @ start, as in PSA.

    Parameters
    ----------
    start : float array (rows, columns)
        One value a node.
    """
    values = start.ravel()
    for _ in range(steps):
        values = matrix @ values
    return np.asarray(values, dtype=np.float32).reshape(start.shape)


def walk_with_restart(
    matrix: sparse.csr_array, start: Plane, share: float = RESTART_SHARE, steps: int = RESTART_STEPS
) -> Plane:
    """As `walk`, but every step goes back to the start with probability 1 - `share`, so the map is never forgotten.

    References
    ----------
    Tong, Faloutsos and Pan (2006), Fast random walk with restart, ICDM, eq. 1. doi:10.1109/ICDM.2006.70
    """
    first = start.ravel()
    values = first
    for _ in range(steps):
        values = share * (matrix @ values) + (1 - share) * first
    return np.asarray(values, dtype=np.float32).reshape(start.shape)
