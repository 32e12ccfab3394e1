"""Pictures, maps and masks as arrays, and how they change size."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

Grey = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Size = tuple[int, int]
"""Rows, columns."""


def enlarged(plane: Plane, size: Size) -> Plane:
    """A small map at a picture's size, bicubic, never below zero (bicubic overshoots at edges)."""
    grown = functional.interpolate(_tensor(plane), size=size, mode="bicubic", align_corners=False)
    return np.asarray(grown[0, 0].clamp_min(0).numpy(), dtype=np.float32)


def shrunk(plane: Plane, size: Size) -> Plane:
    """A picture or map on a coarser grid, each node the mean of the pixels it covers.

    A picture with fewer pixels than nodes is interpolated instead.
    """
    smaller = functional.interpolate(_tensor(plane), size=size, mode="bilinear", align_corners=False, antialias=True)
    return np.asarray(smaller[0, 0].numpy(), dtype=np.float32)


def miniature(picture: Grey, side: int) -> Plane:
    """A picture at the size of a net's input: (side, side)."""
    return shrunk(picture.astype(np.float32), (side, side))


def standardised(miniatures: Sequence[Plane]) -> torch.Tensor:
    """Miniatures as nets take them: (n, 1, side, side), each of mean 0 and standard deviation 1."""
    stack = torch.from_numpy(np.stack(miniatures))
    mean, spread = stack.mean(dim=(1, 2), keepdim=True), stack.std(dim=(1, 2), keepdim=True).clamp_min(1e-3)
    return stack.sub_(mean).div_(spread)[:, None]


def _tensor(plane: Plane) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(plane, dtype=np.float32))[None, None]
