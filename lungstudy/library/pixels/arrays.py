"""The one type of picture: two-dimensional grey pixels, 8 or 16 bit, bright where the body is dense."""

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8] | NDArray[np.uint16]


def check_grey(pixels: Grey) -> None:
    """Raise ValueError unless `pixels` is a grey picture."""
    if pixels.ndim != 2 or pixels.size == 0 or pixels.dtype not in (np.uint8, np.uint16):
        raise ValueError(
            f"give grey pixels of shape (height, width), uint8 or uint16; got {pixels.shape} {pixels.dtype}"
        )
