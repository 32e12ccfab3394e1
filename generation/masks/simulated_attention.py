"""Attention as a model might give it, made from a true mask: to measure methods where the truth is known.

The errors are unbiased: each picture's are its own, so pictures of a batch do not err alike. A model's may. Real
attention is measured apart.
"""

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from generation.masks.planes import Mask, Plane, shrunk

RESOLUTIONS = (16, 32, 64)


@dataclass(frozen=True)
class Level:
    """How far simulated attention is from the truth; lengths as shares of the picture's longest side.

    Attributes
    ----------
    blur : standard deviation of the Gaussian over the true mask.
    shift : standard deviation of the displacement along each axis, drawn for each resolution.
    gain : standard deviation of the slowly varying factor.
    haze : standard deviation of the slowly varying term, the structure being 1.
    hot_spot : height of a false spot at a random place.
    """

    blur: float
    shift: float
    gain: float
    haze: float
    hot_spot: float

    def times(self, factor: float) -> "Level":
        """Every error this many times as large."""
        return Level(*(factor * error for error in astuple(self)))


MIDDLE = Level(blur=0.032, shift=0.016, gain=0.19, haze=0.168, hot_spot=0.74)
LEVELS = {"slight": MIDDLE.times(0.75), "middle": MIDDLE, "strong": MIDDLE.times(1.25)}
"""Otsu's threshold reaches a Dice of about .94, .90 and .84 on lungs at these; set before any method was tuned."""
PATCH = 0.12
"""Standard deviation of the Gaussian that makes noise vary slowly, as a share of the side."""
SPOT = 0.06
"""The same of the false spot."""


def simulate(truth: Mask, level: Level, seed: int) -> dict[int, Plane]:
    """Maps at 16, 32 and 64 (longest side) as attention to the structure's name might look.

    The truth is averaged on each grid, blurred, shifted, multiplied by slowly varying gain, and slowly varying haze
    and one false hot spot are added; nothing below zero. Haze, gain and spot are shared by the resolutions, as the
    layers of one model see one picture, at half their variance each.

    Raises
    ------
    ValueError
        If the mask is empty.
    """
    if not truth.any():
        raise ValueError("an empty mask has no attention to simulate.")
    rng = np.random.default_rng(seed)
    spot = rng.uniform(0.1, 0.9, size=2)
    shared = _Noise.drawn(rng, level)
    return {side: _seen(truth, side, level, shared, spot, rng) for side in RESOLUTIONS}


@dataclass(frozen=True)
class _Noise:
    """Two slowly varying fields on the finest grid."""

    gain: NDArray[np.float64]
    haze: NDArray[np.float64]

    @classmethod
    def drawn(cls, rng: np.random.Generator, level: Level) -> "_Noise":
        return cls(level.gain * _slow(rng), level.haze * _slow(rng))


def _slow(rng: np.random.Generator) -> NDArray[np.float64]:
    """A slowly varying field of standard deviation one, 64 x 64."""
    field = ndimage.gaussian_filter(rng.standard_normal((64, 64)), PATCH * 64, mode="reflect")
    return np.asarray((field - field.mean()) / field.std())


def _seen(
    truth: Mask, side: int, level: Level, shared: _Noise, spot: NDArray[np.float64], rng: np.random.Generator
) -> Plane:
    longest = max(truth.shape)
    rows, columns = (max(2, round(side * length / longest)) for length in truth.shape)
    own = _Noise.drawn(rng, level)
    clear = ndimage.gaussian_filter(shrunk(truth.astype(np.float32), (rows, columns)), level.blur * side)
    moved = ndimage.shift(clear, rng.normal(0, level.shift * side, size=2), order=1, mode="nearest")
    gain, haze = ((one + other) / 2**0.5 for one, other in ((shared.gain, own.gain), (shared.haze, own.haze)))
    y, x = np.mgrid[:rows, :columns]
    reach = np.hypot(y + 0.5 - spot[0] * rows, x + 0.5 - spot[1] * columns) / (SPOT * side)
    values = (
        moved * (1 + _on(gain, rows, columns)) + _on(haze, rows, columns) + level.hot_spot * np.exp(-(reach**2) / 2)
    )
    return np.asarray(np.maximum(values, 0), dtype=np.float32)


def _on(field: NDArray[np.float64], rows: int, columns: int) -> Plane:
    return shrunk(field.astype(np.float32), (rows, columns))
