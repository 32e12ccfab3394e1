"""Outlines of a CT phantom's body, lungs, heart and spine as distances in fractions of the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.phantom.ct.anatomy import CtAnatomy
from lungstudy.library.pixels.phantom.shapes import Field


@dataclass(frozen=True)
class CtShapes:
    """Distances (positive inside) and the body's own coordinates they were measured in; all are (n, n)."""

    x: Field  # from the midline, the patient's left positive
    y: Field  # from the middle of the body, the back positive
    is_left: NDArray[np.bool_]
    body: Field
    cavity: Field
    heart: Field  # the heart, or the aortic arch above it
    column: Field  # the mediastinum from the breastbone to the spine
    spine: Field

    @property
    def middle(self) -> Field:
        """Everything between the lungs."""
        return np.asarray(np.maximum.reduce([self.heart, self.column, self.spine + np.float32(0.016)]), np.float32)

    @property
    def lung(self) -> Field:
        """Lung space: inside the chest wall, beside heart, mediastinum and spine."""
        return np.minimum(self.cavity, -self.middle)


def ct_outline(anatomy: CtAnatomy, size: int) -> CtShapes:
    """Measure every outline on a grid of size x size pixel centres."""
    x, y = _body_coordinates(anatomy, size)
    return CtShapes(
        x=x,
        y=y,
        is_left=x > 0,
        body=_rounded(x, y, anatomy.half_width, anatomy.half_depth, 2.5),
        cavity=_rounded(x, y, *anatomy.cavity, 2.3),
        heart=_heart(anatomy, x, y),
        column=_column(anatomy, x, y),
        spine=np.asarray(anatomy.spine_radius - np.hypot(x, y - anatomy.spine_y), dtype=np.float32),
    )


def _body_coordinates(anatomy: CtAnatomy, size: int) -> tuple[Field, Field]:
    """Coordinates of a body that lies a little off the centre and a little turned."""
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    across, down = steps[None, :] - np.float32(anatomy.centre[0]), steps[:, None] - np.float32(anatomy.centre[1])
    return rotated(across, down, anatomy.tilt)


def rotated(x: Field, y: Field, angle: float) -> tuple[Field, Field]:
    """Coordinates along axes that are turned by an angle."""
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return x * cos + y * sin, y * cos - x * sin


def _rounded(x: Field, y: Field, half_width: float, half_depth: float, power: float) -> Field:
    """Roughly the distance to a superellipse: an ellipse with fuller corners."""
    radius = (np.abs(x / half_width) ** power + np.abs(y / half_depth) ** power) ** (1 / power)
    return np.asarray((1 - radius) * min(half_width, half_depth), dtype=np.float32)


def _heart(anatomy: CtAnatomy, x: Field, y: Field) -> Field:
    """The heart, pointing to the front and the left; above it the arch of the aorta, smaller and running back."""
    if anatomy.shows_heart:
        along, across = rotated(x - np.float32(0.045), y + np.float32(0.055), anatomy.heart_angle)
        return _rounded(along, across, *anatomy.heart, 2.0)
    along, across = rotated(x - np.float32(0.022), y + np.float32(0.01), 1.1)
    return _rounded(along, across, 0.55 * anatomy.heart[0], 0.36 * anatomy.heart[1], 2.0)


def _column(anatomy: CtAnatomy, x: Field, y: Field) -> Field:
    """Fat and vessels in the midline: wide behind the breastbone, waisted, wide before the spine."""
    half = anatomy.column * (1 + 0.6 * np.square(y / anatomy.cavity[1]))
    return np.asarray(half - np.abs(x), dtype=np.float32)
