"""Measures what a CT slice in lung window shows, from its grey levels alone; drawn and generated ones alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, binary_fill_holes, binary_opening, gaussian_filter, label

from lungstudy.library.pixels.phantom.measure_spots import inner_part, on_grid, standing_out

TISSUE = 150  # grey level between lung and soft tissue: -470 HU in the lung window
MIN_AIR = 0.01  # less air inside the body, as a share of the picture, is no pair of lungs
CLOUD_BLUR = 4.0  # pixels of the grid: vessels are smaller, ground glass is larger


@dataclass(frozen=True)
class Slice:
    """A slice on the measuring grid: grey levels, air inside the body, and the column that parts the sides."""

    grey: NDArray[np.float32]
    air: NDArray[np.bool_]
    height: int  # of the body, in pixels of the grid
    middle: int

    def sides(self, picture: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
        """The patient's (right, left) half; columns run outwards."""
        return picture[:, : self.middle][:, ::-1], picture[:, self.middle :]


def seen_slice(image: NDArray[np.uint8]) -> Slice | None:
    """Find body and lungs; None where the picture shows no body with air in both halves."""
    grey = on_grid(image)
    tissue = gaussian_filter(grey, 0.8) > TISSUE
    regions, count = label(binary_fill_holes(binary_opening(tissue, np.ones((3, 3)))))
    if count == 0:
        return None
    body = regions == 1 + int(np.argmax(np.bincount(regions.ravel())[1:]))
    columns, rows = np.flatnonzero(body.any(axis=0)), np.flatnonzero(body.any(axis=1))
    middle, height = int(columns.min() + columns.max() + 1) // 2, int(rows.max() - rows.min() + 1)
    found = Slice(grey, body & ~tissue, height, middle)
    return found if min(half.sum() for half in found.sides(found.air)) > MIN_AIR * grey.size else None


def ct_left_fluid(image: NDArray[np.uint8]) -> float:
    """How much further forward the left lung ends at the back than the right, as a share of the body's depth."""
    cut = seen_slice(image)
    if cut is None:
        return float("nan")
    right, left = (_floor(half) for half in cut.sides(cut.air))
    return (right - left) / cut.height


def _floor(air: NDArray[np.generic]) -> float:
    """Median of the hindmost air over the middle half of the lung's columns."""
    columns = np.flatnonzero(air.any(axis=0))
    inner = columns[len(columns) // 4 : max(3 * len(columns) // 4, 1)]
    return float(np.median([np.flatnonzero(air[:, column]).max() for column in inner]))


def ct_left_haze(image: NDArray[np.uint8]) -> float:
    """Grey levels by which the left lung's haziest part is brighter than the right lung's."""
    cut = seen_slice(image)
    if cut is None:
        return float("nan")
    weight = gaussian_filter(cut.air.astype(np.float32), CLOUD_BLUR)
    calm = gaussian_filter(np.where(cut.air, cut.grey, 0), CLOUD_BLUR) / np.maximum(weight, 1e-3)
    inside = binary_erosion(cut.air, iterations=2)
    right, left = (
        np.percentile(grey[lung.astype(bool)], 95) if lung.any() else np.nan
        for grey, lung in zip(cut.sides(calm), cut.sides(inside), strict=True)
    )
    return float(left - right)


def ct_spots(image: NDArray[np.uint8]) -> tuple[float, float]:
    """By how many grey levels the clearest round spot of the (right, left) lung stands out; `nan` without lungs."""
    cut = seen_slice(image)
    if cut is None:
        return float("nan"), float("nan")
    strengths = np.where(inner_part(cut.air), standing_out(cut.grey), -np.inf)
    right, left = (float(half.max()) for half in cut.sides(strengths))
    return right, left
