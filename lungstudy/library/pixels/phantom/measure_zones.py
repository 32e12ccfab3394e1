"""Measures in which part of which lung a film is brighter than it should be: cloudy opacities such as pneumonia."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HEIGHTS = {"upper": (0.15, 0.32), "mid": (0.34, 0.50), "lower": (0.52, 0.66)}
NEAR, FAR = 0.18, 0.34  # columns from the midline, beside all but the largest hearts
# Left minus right in grey levels over 400 normal phantoms: the heart's tip is on the left.
NORMAL_DIFFERENCE = {"upper": 1.7, "mid": 3.1, "lower": 23.7}


@dataclass(frozen=True)
class Opacity:
    """The part of a lung that stands out most, and by how many grey levels over its mirror image."""

    side: str
    zone: str
    excess: float


def left_excess(image: NDArray[np.uint8], zone: str) -> float:
    """Grey levels by which this zone of the patient's left lung is brighter than the right, beyond what is normal."""
    height, width = image.shape
    top, bottom = HEIGHTS[zone]
    band = image[round(top * height) : round(bottom * height)].astype(np.float32)
    right = band[:, round((0.5 - FAR) * width) : round((0.5 - NEAR) * width)]
    left = band[:, round((0.5 + NEAR) * width) : round((0.5 + FAR) * width)]
    return float(left.mean() - right.mean()) - NORMAL_DIFFERENCE[zone]


def clearest_opacity(image: NDArray[np.uint8]) -> Opacity:
    """Where the lungs differ most from each other, beyond what is normal."""
    excesses = {zone: left_excess(image, zone) for zone in HEIGHTS}
    zone = max(excesses, key=lambda name: abs(excesses[name]))
    return Opacity("left" if excesses[zone] > 0 else "right", zone, abs(excesses[zone]))
