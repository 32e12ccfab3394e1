"""Makes one map of a picture's size from what a phrase attended to at several resolutions."""

from collections.abc import Mapping, Sequence

import numpy as np

from generation.masks.errors import NoAttentionError, UnusableAttentionError
from generation.masks.planes import Plane, Size, enlarged

Maps = Mapping[int, Plane]
"""Attention by resolution: 16 -> (rows, columns), averaged over heads, layers and steps; never negative, no unit."""


def fuse(maps: Maps | None, size: Size) -> Plane:
    """Every resolution enlarged (bicubic), divided by its own maximum, and averaged.

    Parameters
    ----------
    maps : mapping of int to float array (rows, columns)
        One phrase's attention on one picture.
    size : (rows, columns)
        Of the picture, in pixels.

    Returns
    -------
    float32 array (rows, columns)
        In [0, 1], dimensionless.

    Raises
    ------
    NoAttentionError
        If nothing was captured.
    UnusableAttentionError
        If a map is not finite, not of two dimensions, or nowhere above zero.

    References
    ----------
    Wu et al. (2023), DiffuMask, arXiv:2303.11681, section 3.1, and its published code.
    """
    if not maps:
        raise NoAttentionError("no attention was captured; draw it again with the phrase in its prompt.")
    grown = [enlarged(_usable(resolution, plane), size) for resolution, plane in sorted(maps.items())]
    # Bicubic overshoots, so the maximum is taken after enlarging.
    return np.asarray(np.mean([plane / plane.max() for plane in grown], axis=0), dtype=np.float32)


def union_of(phrases: Sequence[Maps]) -> dict[int, Plane]:
    """The attention of several phrases that name parts of one structure (“left lung”, “right lung”), as one.

    Each phrase is divided by its own maximum first, so that a word the model heeds more does not hide another.
    Only resolutions that every phrase has are kept.
    """
    shared = set.intersection(*(set(maps) for maps in phrases)) if phrases else set()
    return {
        resolution: np.asarray(sum(_scaled(_usable(resolution, maps[resolution])) for maps in phrases), np.float32)
        for resolution in sorted(shared)
    }


def _scaled(plane: Plane) -> Plane:
    return np.asarray(plane / plane.max(), dtype=np.float32)


def _usable(resolution: int, plane: Plane) -> Plane:
    if plane.ndim != 2 or not np.isfinite(plane).all():
        raise UnusableAttentionError(f"the attention at resolution {resolution} is no finite map; draw it again.")
    if plane.max() <= 0:
        raise UnusableAttentionError(f"the attention at resolution {resolution} is zero everywhere; draw it again.")
    return np.asarray(plane, dtype=np.float32)
