"""What each finding does to a phantom's lungs."""

from dataclasses import dataclass

import numpy as np

from lungstudy.library.pixels.phantom.anatomy import Anatomy, Finding
from lungstudy.library.pixels.phantom.shapes import Field, Shapes, soft
from lungstudy.library.pixels.phantom.textures import mottle


@dataclass(frozen=True)
class Change:
    """A finding's effect: extra attenuation, what stays aerated, and where vessels still show."""

    opacity: Field
    aerated: Field
    vessels: Field


def change(anatomy: Anatomy, shapes: Shapes, rng: np.random.Generator) -> Change:
    """The effect of this body's finding on its picture."""
    size = shapes.v.shape[0]
    nothing, everything = np.zeros((size, size), np.float32), np.ones((size, size), np.float32)
    if anatomy.finding in (Finding.LEFT_EFFUSION, Finding.RIGHT_EFFUSION):
        fluid = _fluid(anatomy, shapes)
        return Change(np.asarray(0.11 * fluid, dtype=np.float32), 1 - fluid, 1 - fluid)
    if anatomy.finding is Finding.PNEUMONIA:
        return Change(_consolidation(anatomy, shapes, rng), everything, everything)
    if anatomy.finding is Finding.PNEUMOTHORAX:
        return _collapse(anatomy, shapes)
    if anatomy.finding is Finding.NODULE:
        return Change(_nodule(anatomy, shapes), everything, everything)
    return Change(nothing, everything, everything)


def _on_side(anatomy: Anatomy, shapes: Shapes) -> Field:
    return np.where(shapes.is_left == bool(anatomy.side_index), 1, 0).astype(np.float32)


def _fluid(anatomy: Anatomy, shapes: Shapes) -> Field:
    """Fluid above the diaphragm, climbing at the chest wall (the meniscus)."""
    dome = anatomy.dome[anatomy.side_index]
    level = dome + 0.02 - 0.20 * anatomy.severity
    climb = 0.10 * np.clip(shapes.x / anatomy.half_width, 0, 1.05) ** 3
    depth = shapes.v - np.asarray(level - climb, dtype=np.float32)
    return soft(depth, 0.045) * _on_side(anatomy, shapes)


def _spot_distance(anatomy: Anatomy, shapes: Shapes, stretch: float) -> Field:
    across, height = anatomy.spot
    centre = across * anatomy.half_width
    return np.asarray(np.hypot(shapes.x - centre, (shapes.v - height) * stretch), dtype=np.float32)


def _consolidation(anatomy: Anatomy, shapes: Shapes, rng: np.random.Generator) -> Field:
    """A patchy opacity with an ill-defined edge."""
    radius = 0.075 + 0.045 * anatomy.spot_size
    size = shapes.v.shape[0]
    ragged = _spot_distance(anatomy, shapes, 1.15) + 0.018 * mottle(rng, 22, size)
    patchy = 0.85 + 0.22 * mottle(rng, 40, size)
    cloud = np.exp(-(np.square(ragged / radius) ** 1.3)) * patchy
    return np.asarray((0.18 + 0.12 * anatomy.severity) * cloud * _on_side(anatomy, shapes), dtype=np.float32)


def _nodule(anatomy: Anatomy, shapes: Shapes) -> Field:
    radius = 0.026 + 0.016 * anatomy.spot_size
    ball = np.sqrt(np.clip(1 - np.square(_spot_distance(anatomy, shapes, 1.0) / radius), 0, 1))
    return np.asarray(0.24 * ball * _on_side(anatomy, shapes), dtype=np.float32)


def _collapse(anatomy: Anatomy, shapes: Shapes) -> Change:
    """Air outside a shrunken lung: no vessels beyond a thin bright pleural line."""
    gap = (0.055 + 0.075 * anatomy.severity) * (1.25 - 0.9 * np.clip((shapes.v - anatomy.apex) / 0.6, 0, 1))
    inner = shapes.hemithorax - np.asarray(gap, dtype=np.float32)
    side = _on_side(anatomy, shapes)
    outside = (1 - soft(inner, 0.01)) * side
    line = np.exp(-np.square(inner / 0.0045)) * side
    shrunken = soft(inner, 0.01) * side
    opacity = 0.085 * line - 0.09 * outside + 0.03 * shrunken
    return Change(np.asarray(opacity, dtype=np.float32), np.ones_like(opacity), 1 - outside)
