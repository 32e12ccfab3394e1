"""From the numbers that a file stores to grey levels: one fixed rule for each kind of number."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.decoded import ImageError

# Depths that detectors and scanners have. A file of 16 bits that stays below one of them is taken for that depth.
USUAL_DEPTHS = (8, 10, 12, 14, 15, 16)


@dataclass(frozen=True)
class Levels:
    """Grey levels and where they came from."""

    pixels: Grey
    stored_bits: int
    stored_range: tuple[float, float]
    notes: tuple[str, ...] = ()


def levels_of(values: NDArray[Any]) -> Levels:
    """Grey levels of whole or real numbers, whatever their type."""
    if values.dtype == np.uint8:
        return Levels(values, 8, _range(values))
    if values.dtype.kind == "f":
        return _of_real_numbers(values)
    low, high = _range(values)
    if low < 0 or high > 65535:
        return _stretched(values, low, high)
    return _of_unsigned(values.astype(np.uint16, copy=False))


def used_depth(highest: int) -> int:
    """The smallest usual depth that holds the number."""
    return next(bits for bits in USUAL_DEPTHS if highest < 2**bits)


def _of_unsigned(values: NDArray[np.uint16]) -> Levels:
    low, high = _range(values)
    bits = used_depth(int(high))
    if bits == 16:
        return Levels(values, 16, (low, high))
    note = f"The 16-bit file uses 0 to {high:.0f} only and was read as {bits} bits."
    if bits == 8:
        return Levels(values.astype(np.uint8), 8, (low, high), (note,))
    return Levels(fill_16_bits(bits)[values], bits, (low, high), (note,))


def fill_16_bits(bits: int) -> NDArray[np.uint16]:
    """Table from levels of so many bits to the whole range of 16 bits."""
    top = 2**bits - 1
    return np.asarray(np.rint(np.arange(top + 1) * (65535 / top)), dtype=np.uint16)


def _of_real_numbers(values: NDArray[Any]) -> Levels:
    low, high = _range(values)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ImageError("The picture holds values that are no numbers; export it as 8 or 16 bit and import that.")
    if low >= 0 and high <= 1:
        return Levels(_scaled(values, 0.0, 1.0), 16, (low, high))
    return _stretched(values, low, high)


def _stretched(values: NDArray[Any], low: float, high: float) -> Levels:
    note = f"No grey range is stated: {low:g} was shown as black and {high:g} as white."
    return Levels(_scaled(values, low, high), 16, (low, high), (note,))


def _scaled(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint16]:
    """Row by row, since a whole film in double precision would be eight bytes a pixel."""
    scale = 65535 / (high - low) if high > low else 0.0
    pixels = np.empty(values.shape, np.uint16)
    for row, numbers in zip(pixels, values, strict=True):
        row[:] = np.rint((numbers.astype(np.float64) - low) * scale)
    return pixels


def _range(values: NDArray[Any]) -> tuple[float, float]:
    return float(values.min()), float(values.max())
