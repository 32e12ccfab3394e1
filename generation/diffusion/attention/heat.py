"""Where a phrase acted, as colours over the picture; for people to look at, masks are read elsewhere. No torch here."""

from collections.abc import Mapping
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
# matplotlib's “inferno” (CC0) at even steps: its lightness rises evenly, so that it reads the same for everybody.
STOPS = np.array(
    [
        [0, 0, 4], [40, 11, 84], [101, 21, 110], [159, 42, 99], [212, 72, 66], [245, 125, 21], [250, 193, 39],
        [252, 255, 164],
    ]
)  # fmt: skip
COLOUR_SHARE = 0.6
SIDE = 192


def fused(planes: Mapping[int, Plane], size: tuple[int, int]) -> Plane:
    """Every resolution enlarged and spread from 0 to 1, then averaged; (rows, columns) of `size`."""
    grown = [_spread(_enlarged(plane, size)) for plane in planes.values()]
    return np.asarray(_spread(np.mean(grown, axis=0)), dtype=np.float32)


def heat_png(planes: Mapping[int, Plane], picture: NDArray[np.uint8]) -> bytes:
    """The picture under colours from dark (least) to light (most), its longest side 192 pixels."""
    scale = SIDE / max(picture.shape)
    size = (max(1, round(picture.shape[0] * scale)), max(1, round(picture.shape[1] * scale)))
    small = np.asarray(Image.fromarray(picture).resize(size[::-1], Image.Resampling.BICUBIC), dtype=float)
    heat = fused(planes, size) * (len(STOPS) - 1)
    colours = np.stack([np.interp(heat, range(len(STOPS)), STOPS[:, channel]) for channel in range(3)], axis=-1)
    mixed = COLOUR_SHARE * colours + (1 - COLOUR_SHARE) * small[:, :, None]
    target = BytesIO()
    Image.fromarray(np.rint(mixed).astype(np.uint8)).save(target, "PNG")
    return target.getvalue()


def _enlarged(plane: Plane, size: tuple[int, int]) -> Plane:
    grown = Image.fromarray(plane.astype(np.float32)).resize(size[::-1], Image.Resampling.BICUBIC)
    return np.asarray(grown, dtype=np.float32)


def _spread(plane: NDArray[np.floating]) -> Plane:
    low, high = float(plane.min()), float(plane.max())
    return np.asarray((plane - low) / (high - low) if high > low else np.zeros_like(plane), dtype=np.float32)
