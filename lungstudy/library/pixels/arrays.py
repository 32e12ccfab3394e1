"""The one type of picture: two-dimensional grey pixels, 8 or 16 bit, bright where the body is dense."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]


def require_grey(pixels: NDArray[Any]) -> Grey:
    """The pixels themselves, once they are known to be a grey picture; a ValueError for anything else."""
    if pixels.ndim != 2 or pixels.dtype not in (np.uint8, np.uint16) or 0 in pixels.shape:
        raise ValueError(
            f"A grey picture is needed: two-dimensional, uint8 or uint16; "
            f"this array is {pixels.dtype} of shape {pixels.shape}."
        )
    return pixels
