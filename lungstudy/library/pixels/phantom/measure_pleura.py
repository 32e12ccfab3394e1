"""Measures what lies around the lungs of a film: air at the chest wall, fluid at the bottom."""

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.phantom.measure import GRID, aerated_lung, lung_floors
from lungstudy.library.pixels.phantom.measure_spots import on_grid

TOP, BOTTOM = 0.15, 0.60  # shares of the lung's height: a rim of air is widest there
RIM, WITHIN = (2, 7), (12, 20)  # pixels of the grid inwards from the lung's outer border
# Left minus right in grey levels over 400 normal phantoms: the heart reaches further into the left lung.
NORMAL_DIFFERENCE = 7.5


def left_air(image: NDArray[np.uint8]) -> float:
    """Grey levels by which the left lung's outer rim is darker, against the lung within, than the right lung's.

    Air around a collapsed lung makes it positive on the left and negative on the right; `nan` without two lungs.
    """
    small, lung = on_grid(image), aerated_lung(image)
    right = _depth_of_rim(small[:, : GRID // 2][:, ::-1], lung[:, : GRID // 2][:, ::-1])
    left = _depth_of_rim(small[:, GRID // 2 :], lung[:, GRID // 2 :])
    return left - right - NORMAL_DIFFERENCE


def _depth_of_rim(grey: NDArray[np.float32], lung: NDArray[np.bool_]) -> float:
    """How much darker the rim is than the lung within; columns run outwards."""
    rows = np.flatnonzero(lung.any(axis=1))
    if len(rows) == 0:
        return float("nan")
    first, height = int(rows.min()), int(rows.max() - rows.min())
    between = [row for row in rows if TOP * height <= row - first <= BOTTOM * height]
    edges = [(row, int(np.flatnonzero(lung[row]).max())) for row in between]
    depths = [
        float(grey[row, edge - WITHIN[1] : edge - WITHIN[0]].mean() - grey[row, edge - RIM[1] : edge - RIM[0]].mean())
        for row, edge in edges
        if edge >= WITHIN[1]
    ]
    return float(np.mean(depths)) if depths else float("nan")


def left_fluid(image: NDArray[np.uint8]) -> float:
    """How much higher the left lung ends than the right, as a share of the picture; a lung not seen ends at the top."""
    floors = np.array(lung_floors(image))
    if np.isnan(floors).all():
        return float("nan")
    right, left = np.nan_to_num(floors, nan=0.0)
    return float(right - left)
