"""How a study shows a film: one rule for crop, size, grey levels and masks, the same for real and synthetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lungstudy.library.pixels.arrays import Grey, require_grey

Float = NDArray[np.float32]
GreyRule = Literal["as_stored", "percentile", "standardise"]
FitRule = Literal["crop", "pad"]
Box = Sequence[float]
"""left, top, right, bottom as fractions of the presented square, from its top left corner."""

PERCENTILES = (0.5, 99.5)
TARGET_MEAN, TARGET_SPREAD = 128.0, 64.0
"""`standardise`: the mean goes to 128 and two standard deviations to black and white (de Wilde et al. 2024)."""


@dataclass(frozen=True)
class Policy:
    """A study's presentation policy.

    Attributes
    ----------
    size : int
        Pixels on each side of the presented square.
    border_crop : float
        Fraction of width and of height cut away at each side before anything else, 0 to 0.4.
    fit : {"crop", "pad"}
        Whether a film that is not square is cut to its centre or padded with black.
    grey : {"as_stored", "percentile", "standardise"}
    fixed_masks : sequence of boxes
        Masked on every image.
    bits : {8, 16}
        Depth of the picture; with 16, readers can window what 8 would have merged.
    """

    size: int
    border_crop: float = 0.0
    fit: FitRule = "crop"
    grey: GreyRule = "percentile"
    fixed_masks: Sequence[Box] = ()
    bits: Literal[8, 16] = 8

    def __post_init__(self) -> None:
        """Refuse what could not be drawn."""
        if not 64 <= self.size <= 4096:
            raise ValueError(f"size must be from 64 to 4096 pixels, got {self.size}")
        if not 0 <= self.border_crop <= 0.4:
            raise ValueError(f"border_crop must be from 0 to 0.4, got {self.border_crop}")


def present(pixels: Grey, policy: Policy, marker_masks: Sequence[Box] = ()) -> Grey:
    """The picture as readers of a study see it.

    Parameters
    ----------
    pixels : ndarray of uint8 or uint16, shape (height, width)
    policy : Policy
    marker_masks : sequence of boxes
        Hand-drawn over what is burnt into this image, on top of the policy's fixed ones.

    Returns
    -------
    ndarray of uint8 or uint16, shape (size, size)
        Of the policy's depth. The same for the same pixels, whatever file they came from.
    """
    cropped = _crop_border(require_grey(pixels), policy.border_crop)
    square = _square(_grey_table(cropped, policy.grey)[cropped], policy.fit)
    sized = _resize(square, policy.size, policy.bits)
    for box in (*policy.fixed_masks, *marker_masks):
        _mask(sized, box)
    return sized


def _crop_border(pixels: Grey, fraction: float) -> Grey:
    height, width = pixels.shape
    dy, dx = int(height * fraction), int(width * fraction)
    return pixels[dy : height - dy, dx : width - dx]


def _grey_table(pixels: Grey, rule: GreyRule) -> Float:
    """What each stored level becomes on the scale from 0 to 255; a table, since a large film in floats is large."""
    counts = _histogram(pixels)
    levels = np.arange(len(counts), dtype=np.float64)
    if rule == "as_stored":
        return np.asarray(levels * (255.0 / levels[-1]), dtype=np.float32)
    if rule == "percentile":
        low, high = np.searchsorted(counts.cumsum(), np.array(PERCENTILES) / 100 * pixels.size)
        return _levels((levels - low) * (255.0 / max(high - low, 1)))
    mean = (levels * counts).sum() / pixels.size
    spread = max(float(((levels - mean) ** 2 * counts).sum() / pixels.size) ** 0.5, 1e-6)
    return _levels((levels - mean) * (TARGET_SPREAD / spread) + TARGET_MEAN)


def _histogram(pixels: Grey) -> NDArray[np.int64]:
    """Pixels of each level, counted strip by strip: counting takes eight bytes a pixel."""
    counts = np.zeros(np.iinfo(pixels.dtype).max + 1, dtype=np.int64)
    for top in range(0, pixels.shape[0], 64):
        counts += np.bincount(pixels[top : top + 64].ravel(), minlength=len(counts))
    return counts


def _levels(values: NDArray[np.float64]) -> Float:
    return np.asarray(np.clip(values, 0, 255), dtype=np.float32)


def _square(pixels: Float, fit: FitRule) -> Float:
    height, width = pixels.shape
    if fit == "crop":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        return pixels[top : top + side, left : left + side]
    side = max(height, width)
    canvas = np.zeros((side, side), dtype=np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    canvas[top : top + height, left : left + width] = pixels
    return canvas


def _resize(square: Float, size: int, bits: Literal[8, 16]) -> Grey:
    """One resampling for every image: Pillow's bicubic, which averages over the source pixels when it shrinks."""
    resized = np.asarray(Image.fromarray(square).resize((size, size), Image.Resampling.BICUBIC))
    if bits == 8:
        return np.asarray(np.clip(np.rint(resized), 0, 255), dtype=np.uint8)
    return np.asarray(np.clip(np.rint(resized * 257.0), 0, 65535), dtype=np.uint16)


def _mask(square: Grey, box: Box) -> None:
    """Fill a box with the median of the frame around it, in place."""
    size = square.shape[0]
    left, top, right, bottom = (int(np.clip(round(edge * size), 0, size)) for edge in box)
    if right <= left or bottom <= top:
        return
    frame = max(2, size // 100)
    outer = square[max(0, top - frame) : bottom + frame, max(0, left - frame) : right + frame].astype(np.float32)
    y, x = top - max(0, top - frame), left - max(0, left - frame)
    outer[y : y + bottom - top, x : x + right - left] = np.nan
    around = outer[~np.isnan(outer)]
    square[top:bottom, left:right] = square.dtype.type(np.median(around)) if around.size else 0
