"""Finds round bright spots in lungs: brighter than their surroundings in every direction, as no rib or vessel is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_closing, binary_erosion, gaussian_filter

from lungstudy.library.pixels.phantom.measure import GRID, aerated_lung

BLUR, REACH = 1.2, 6  # pixels of the grid: noise is smaller, surroundings begin there
WEAKEST = 3  # directions of eight in which the spot stands out least
UPPER_ENDS, MID_ENDS = 0.34, 0.515  # heights that part the zones


@dataclass(frozen=True)
class Spot:
    """A spot's place and by how many grey levels it stands out where it does so least."""

    side: str
    zone: str
    strength: float


def clearest_spots(image: NDArray[np.uint8]) -> list[Spot]:
    """The clearest spot of each zone of each lung, the clearest of all first; zones without lung are left out."""
    small = on_grid(image)
    lung = inner_part(aerated_lung(image))
    strengths = np.where(lung, standing_out(small), np.nan)
    rows, columns = zone_rows(), {"right": slice(None, GRID // 2), "left": slice(GRID // 2, None)}
    parts = {(side, zone): strengths[rows[zone], columns[side]] for side in columns for zone in rows}
    found = [Spot(*place, float(np.nanmax(part))) for place, part in parts.items() if np.isfinite(part).any()]
    return sorted(found, key=lambda spot: -spot.strength)


def zone_rows() -> dict[str, slice]:
    """Rows of the grid that belong to each zone."""
    upper, mid = round(UPPER_ENDS * GRID), round(MID_ENDS * GRID)
    return {"upper": slice(None, upper), "mid": slice(upper, mid), "lower": slice(mid, None)}


def on_grid(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The picture on the grid that everything is measured on."""
    return np.asarray(Image.fromarray(image).resize((GRID, GRID), Image.Resampling.BOX), dtype=np.float32)


def inner_part(lung: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A lung mask with the holes that spots leave at its edge closed, without its outermost pixels."""
    rim = 12  # room, so that closing does not act on the picture's border
    closed = binary_closing(np.pad(lung, rim), iterations=5)[rim:-rim, rim:-rim]
    return np.asarray(binary_erosion(closed), dtype=np.bool_)


def standing_out(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey levels by which each pixel is brighter than its surroundings, in the directions where it is so least."""
    calm = gaussian_filter(picture, BLUR)
    angles = np.arange(8) * np.pi / 4
    steps = [(round(REACH * np.sin(angle)), round(REACH * np.cos(angle))) for angle in angles]
    differences = np.sort([calm - np.roll(calm, step, (0, 1)) for step in steps], axis=0)
    return np.asarray(differences[:WEAKEST].mean(axis=0), dtype=np.float32)
