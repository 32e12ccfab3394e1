"""What each finding does to a CT phantom's lungs, in Hounsfield units."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.phantom.ct.anatomy import CtAnatomy, CtFinding
from lungstudy.library.pixels.phantom.ct.shapes import CtShapes, ct_outline
from lungstudy.library.pixels.phantom.shapes import Field, soft
from lungstudy.library.pixels.phantom.textures import mottle

FLUID_HU, NODULE_HU = 10.0, 30.0
SEARCH_GRID = 64  # places are looked for on a fixed grid, so that size does not move them


@dataclass(frozen=True)
class CtChange:
    """A finding's effect: the share of each pixel it fills, what it fills it with, and what it adds to the lung."""

    filled: Field
    filling_hu: float
    added_hu: Field
    mask: NDArray[np.bool_]


def ct_change(anatomy: CtAnatomy, shapes: CtShapes) -> CtChange:
    """The effect of this body's finding on its slice."""
    nothing = np.zeros_like(shapes.x)
    if anatomy.finding in (CtFinding.LEFT_EFFUSION, CtFinding.RIGHT_EFFUSION):
        fluid = _fluid(anatomy, shapes)
        return CtChange(fluid, FLUID_HU, nothing, _seen(fluid, shapes))
    if anatomy.finding is CtFinding.NODULE:
        ball = _nodule(anatomy, shapes)
        return CtChange(ball, NODULE_HU, nothing, _seen(ball, shapes))
    if anatomy.finding is CtFinding.GROUND_GLASS:
        cloud = _cloud(anatomy, shapes)
        return CtChange(nothing, 0.0, (330 + 170 * anatomy.severity) * cloud, _seen(cloud, shapes))
    return CtChange(nothing, 0.0, nothing, nothing > 0)


def _seen(share: Field, shapes: CtShapes) -> NDArray[np.bool_]:
    return np.asarray((share > 0.5) & (shapes.lung > 0), dtype=np.bool_)


def _on_side(anatomy: CtAnatomy, shapes: CtShapes) -> NDArray[np.bool_]:
    return np.asarray(shapes.is_left == (anatomy.side == "left"), dtype=np.bool_)


def _fluid(anatomy: CtAnatomy, shapes: CtShapes) -> Field:
    """Fluid in the lowest part of a chest that lies on its back, climbing along the wall."""
    half_width, half_depth = anatomy.cavity
    level = half_depth - 0.075 - 0.12 * anatomy.severity
    climb = 0.07 * np.square(np.abs(shapes.x) / half_width)
    depth = shapes.y - np.asarray(level - climb, dtype=np.float32)
    return soft(np.asarray(depth, dtype=np.float32), 0.02) * _on_side(anatomy, shapes)


def _nodule(anatomy: CtAnatomy, shapes: CtShapes) -> Field:
    radius = 0.021 + 0.018 * anatomy.spot_size
    x, y = _place_in_lung(anatomy, radius + 0.012)
    return soft(np.asarray(radius - np.hypot(shapes.x - x, shapes.y - y), dtype=np.float32), 0.01)


def _cloud(anatomy: CtAnatomy, shapes: CtShapes) -> Field:
    """A hazy patch with an ill-defined edge, on its side only."""
    rng = np.random.default_rng([anatomy.seed, 11])
    size = shapes.x.shape[0]
    radius = 0.095 + 0.05 * anatomy.spot_size
    x, y = _place_in_lung(anatomy, 0.04)
    ragged = np.hypot(shapes.x - x, shapes.y - y) + 0.016 * mottle(rng, 20, size)
    patchy = 0.9 + 0.15 * mottle(rng, 36, size)
    cloud = np.exp(-(np.square(ragged / radius) ** 1.6)) * patchy * _on_side(anatomy, shapes)
    return np.asarray(cloud, dtype=np.float32)


def _place_in_lung(anatomy: CtAnatomy, room: float) -> tuple[float, float]:
    """A random place on the finding's side with this much lung around it, in the body's coordinates."""
    coarse = ct_outline(anatomy, SEARCH_GRID)
    roomy = np.argwhere((coarse.lung > room) & _on_side(anatomy, coarse))
    row, column = roomy[int(np.random.default_rng([anatomy.seed, 12]).integers(len(roomy)))]
    return float(coarse.x[row, column]), float(coarse.y[row, column])
