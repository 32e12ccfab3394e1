"""Ribs, spine, clavicles and shoulder blades of a phantom, as extra attenuation."""

import numpy as np

from lungstudy.library.pixels.phantom.anatomy import Anatomy
from lungstudy.library.pixels.phantom.shapes import Field, Shapes, bump, soft


def bones(anatomy: Anatomy, shapes: Shapes) -> Field:
    """All bones together."""
    ribs = (_posterior_ribs(anatomy, shapes) + 0.62 * _anterior_ribs(anatomy, shapes)) * anatomy.rib_contrast
    # Ribs show best against air: over heart and abdomen the same bone is a smaller share of what the ray meets.
    ribs = ribs * (0.3 + 0.7 * soft(shapes.above_diaphragm, 0.06)) * (1 - 0.6 * soft(shapes.silhouette, 0.05))
    return np.asarray(
        0.10 * ribs + _spine(anatomy, shapes) + _clavicles(anatomy, shapes) + _shoulders(anatomy, shapes),
        dtype=np.float32,
    )


def _band(offset: Field, half_width: float) -> Field:
    """A bone seen from the side: brighter along its cortex."""
    d = np.abs(offset) / np.float32(half_width)
    inside = soft(1 - d, 0.45)
    return np.asarray(inside * (0.62 + 0.5 * np.minimum(d, 1) ** 4), dtype=np.float32)


def _posterior_ribs(anatomy: Anatomy, shapes: Shapes) -> Field:
    """Ribs from the spine outwards: level at first, falling steeply at the chest wall."""
    share = np.clip(shapes.x / (shapes.wall + 0.012), 0, 1.2)
    fall = 0.02 * np.sin(np.pi * share) - 0.085 * share**2 - 0.10 * share**7
    phase = (shapes.v - anatomy.apex + 0.03 + anatomy.rib_phase + fall) / anatomy.rib_spacing
    number = np.round(phase)
    slope = 1 / np.sqrt(1 + np.square(0.5 * share + 2.0 * share**6))
    ribs = _band((phase - number) * anatomy.rib_spacing * slope, 0.0135)
    inside = soft(1.03 - share, 0.05) * soft(shapes.x - np.float32(0.035), 0.03)
    at_wall = 1 + 0.7 * soft(share - 0.93, 0.1)
    return np.asarray(ribs * inside * at_wall * ((number >= 0) & (number <= 10)), dtype=np.float32)


def _anterior_ribs(anatomy: Anatomy, shapes: Shapes) -> Field:
    """Ribs from the chest wall forwards and down, fading into cartilage near the breastbone."""
    share = np.clip(shapes.x / (shapes.wall + 0.012), 0, 1.2)
    spacing = anatomy.rib_spacing * 1.18
    drop = 0.19 * (1 - share) + 0.08 * (1 - share) ** 2
    phase = (shapes.v - anatomy.apex - 0.075 - anatomy.rib_phase - drop) / spacing
    number = np.round(phase)
    ribs = _band((phase - number) * spacing * 0.86, 0.017)
    visible = soft(share - 0.42, 0.22) * soft(1.02 - share, 0.05)
    return np.asarray(ribs * visible * ((number >= 0) & (number <= 6)), dtype=np.float32)


def _spine(anatomy: Anatomy, shapes: Shapes) -> Field:
    """Vertebral bodies with discs between them and a pair of pedicles each."""
    spacing = 0.046 + 0.014 * shapes.v
    phase = (shapes.v + anatomy.rib_phase) / spacing
    along = phase - np.round(phase)
    column = soft(0.036 - shapes.x, 0.02)
    body = column * soft(0.36 - np.abs(along), 0.16)
    pedicle = np.exp(-np.square((shapes.x - 0.021) / 0.007)) * np.exp(-np.square((along + 0.05) / 0.16))
    faint_below = 1 - 0.45 * soft(shapes.v - np.float32(0.45), 0.5)
    return np.asarray((0.05 * column + 0.045 * body + 0.04 * pedicle) * faint_below, dtype=np.float32)


def _clavicles(anatomy: Anatomy, shapes: Shapes) -> Field:
    """S-shaped collar bones from the breastbone to the shoulders."""
    x = shapes.x
    tilt = 0.14 if anatomy.view == "PA" else 0.06
    course = anatomy.clavicle_v + 0.03 - tilt * (x - 0.03) + 0.014 * np.sin((x - 0.03) * 17)
    half_width = 0.0125 + 0.006 * np.exp(-np.square((x - 0.04) / 0.03))
    offset = (shapes.v - course) / (half_width / 0.0125)
    ends = soft(x - np.float32(0.03), 0.012) * soft(np.float32(0.44) - x, 0.03)
    return np.asarray(0.13 * _band(np.asarray(offset, dtype=np.float32), 0.0125) * ends, dtype=np.float32)


def _shoulders(anatomy: Anatomy, shapes: Shapes) -> Field:
    """Shoulder blade beside (PA) or over (AP) the lung, and the head of the humerus."""
    x, v = shapes.x, shapes.v
    shift = 0.03 if anatomy.view == "PA" else -0.02
    inner = anatomy.half_width - 0.02 + shift + 0.10 * (v - 0.2)
    span = soft(v - np.float32(0.13), 0.06) * soft(np.float32(0.44) - v, 0.12)
    blade = soft(np.asarray(x - inner, dtype=np.float32), 0.02) * span
    border = np.exp(-np.square((x - inner - 0.012) / 0.009)) * span
    head = soft(0.055 - np.hypot(x - 0.48, (v - 0.15) * 0.9), 0.03)
    shaft = soft(np.asarray(0.028 - np.abs(x - 0.5 - 0.25 * (v - 0.15)), dtype=np.float32), 0.02) * bump(
        v, 0.2, 0.01, 0.3
    )
    return np.asarray(0.045 * blade + 0.05 * border + 0.12 * head + 0.06 * shaft, dtype=np.float32)
