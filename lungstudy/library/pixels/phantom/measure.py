"""Measures what a phantom-like picture shows, from its grey levels alone, so that drawn and generated ones compare."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_dilation, binary_fill_holes, binary_opening, gaussian_filter, label

GRID = 128  # measured on a fixed grid, so that size does not change the answer
MIN_LUNG = 0.012  # smaller dark patches (airway, gas bubble) are no lung, as a share of the picture
SEED_SHARE = 0.8
MIN_ROWS = 4
FLUID_STEP = 0.055  # a lung floor this much higher than the other is fluid, as a share of the height


def aerated_lung(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Dark regions enclosed by the body, on a grid of 128 x 128: a rough lung mask."""
    small = np.asarray(Image.fromarray(image).resize((GRID, GRID), Image.Resampling.BOX), dtype=np.float32)
    # Smoothed along the height, so that ribs do not cut the lung into slices.
    smooth = gaussian_filter(small, (2.2, 0.9))
    threshold = _lung_threshold(smooth)
    # Shoulders are nearly as dark as lungs: find the lungs well below the threshold, then let them grow up to it.
    regions, count = label(binary_opening(smooth < SEED_SHARE * threshold, np.ones((3, 3))))
    at_border = set(np.unique(regions[:, [0, -1]]))  # air beside the body; a lung may be cut by the upper border
    large = [n for n in range(1, count + 1) if n not in at_border and (regions == n).mean() > MIN_LUNG]
    lung = binary_dilation(np.isin(regions, large), iterations=3, mask=smooth < threshold)
    return np.asarray(binary_fill_holes(lung), dtype=np.bool_)


def _lung_threshold(smooth: NDArray[np.float32]) -> float:
    """Otsu's threshold (1979) of the middle of the picture: lung against everything else."""
    middle = smooth[GRID // 5 : GRID * 3 // 4, GRID // 6 : -GRID // 6].ravel()
    counts, edges = np.histogram(middle, bins=128, range=(0, 255))
    centres = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts), counts.sum()
    mass = np.cumsum(counts * centres)
    spread = np.maximum(below * (total - below), 1)  # 0 where one class is empty, and so is the numerator
    between = (mass[-1] * below / total - mass) ** 2 / spread
    return float(centres[int(np.argmax(between))])


def heart_width_ratio(image: NDArray[np.uint8]) -> float:
    """Cardiothoracic ratio: widest heart over widest chest, `nan` where two lungs cannot be told apart."""
    to_the_right, to_the_left = _heart_reach(image)
    return to_the_right + to_the_left


def heart_to_the_right(image: NDArray[np.uint8]) -> float:
    """How much further the heart reaches to the patient's right than left, in shares of the chest's width.

    Below zero in almost everybody, above zero in dextrocardia; `nan` where two lungs cannot be told apart.
    """
    to_the_right, to_the_left = _heart_reach(image)
    return to_the_right - to_the_left


def _heart_reach(image: NDArray[np.uint8]) -> tuple[float, float]:
    """How far the heart reaches from the midline to the patient's right and left, in shares of the chest's width."""
    lung = aerated_lung(image)
    right, left = lung[:, : GRID // 2], lung[:, GRID // 2 :]
    crest = max(_crest(right[:, ::-1]), _crest(left))
    rows = np.arange(round(0.45 * GRID), max(crest - round(0.035 * GRID), round(0.5 * GRID)))
    rows = rows[np.logical_and(right[rows].any(axis=1), left[rows].any(axis=1))]
    if len(rows) < MIN_ROWS:
        return float("nan"), float("nan")
    chest = GRID - _outer_gap(right[:, ::-1]) - _outer_gap(left)
    return float(_inner(right[rows][:, ::-1]).max() / chest), float(_inner(left[rows]).max() / chest)


def _inner(lung: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Pixels from the midline to the lung in each row; columns run outwards."""
    return np.asarray(np.argmax(lung, axis=1), dtype=np.intp)


def _outer_gap(lung: NDArray[np.bool_]) -> int:
    """Pixels from the lung's widest reach to the picture's edge; columns run outwards."""
    width = int(lung.shape[1])
    reached = np.flatnonzero(lung.any(axis=0))
    return width - 1 - int(reached.max()) if len(reached) else width


def _crest(lung: NDArray[np.bool_]) -> int:
    """Row where the diaphragm is highest, a little inside the middle of the lung; columns run outwards."""
    outer = GRID // 2 - _outer_gap(lung)
    rows = np.flatnonzero(lung[:, round(0.45 * outer) : round(0.6 * outer)].all(axis=1))
    return int(rows.max()) if len(rows) else 0


def lung_floors(image: NDArray[np.uint8]) -> tuple[float, float]:
    """Lowest aerated height in the outer part of the (right, left) lung, 0 at the top; `nan` for a lung not seen."""
    lung = aerated_lung(image)
    return _floor(lung[:, : GRID // 2][:, ::-1]), _floor(lung[:, GRID // 2 :])


def _floor(lung: NDArray[np.bool_]) -> float:
    """Median of the lowest lung pixel over the outer half of its columns; columns run outwards."""
    columns = np.flatnonzero(lung.any(axis=0))
    if len(columns) == 0:
        return float("nan")
    lowest = [np.flatnonzero(lung[:, column]).max() for column in columns[len(columns) // 2 :]]
    return float((np.median(lowest) + 1) / GRID)


def side_of_effusion(image: NDArray[np.uint8]) -> str:
    """The patient's side on which the lung ends early: "right", "left" or "" for neither."""
    right, left = lung_floors(image)
    if np.isnan(right) or np.isnan(left):
        return "right" if np.isnan(right) and not np.isnan(left) else "left" if np.isnan(left) and right > 0 else ""
    if abs(right - left) < FLUID_STEP:
        return ""
    return "right" if right < left else "left"


def side_difference(image: NDArray[np.uint8], top: float, bottom: float) -> float:
    """Grey levels by which the patient's left lung is brighter than the right, between two heights (0 to 1)."""
    height, width = image.shape
    band = image[round(top * height) : round(bottom * height)].astype(np.float32)
    inner, outer = round(0.12 * width), round(0.38 * width)
    right, left = band[:, inner:outer], band[:, width - outer : width - inner]
    return float(left.mean() - right.mean())
