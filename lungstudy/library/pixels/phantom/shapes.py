"""Outlines of a phantom's body, lungs, heart and diaphragm as signed distances in fractions of the picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.phantom.anatomy import Anatomy

Field = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Shapes:
    """Signed distances (positive inside) and the coordinates they were measured in."""

    x: Field  # distance from the midline, (1, n)
    v: Field  # from the top, (n, 1)
    is_left: NDArray[np.bool_]  # the patient's left, (1, n)
    wall: Field  # lateral lung border at each height, (n, 1)
    hemithorax: Field  # lung space bounded by chest wall and apex only
    silhouette: Field  # mediastinum and heart
    above_diaphragm: Field
    body: Field

    @property
    def lung(self) -> Field:
        """Lung field: inside the chest wall, beside the heart, above the diaphragm."""
        beside_heart = -self.silhouette
        return np.minimum(np.minimum(self.hemithorax, beside_heart), self.above_diaphragm)

    def lung_space(self, mediastinum: float) -> Field:
        """The same with what lies behind the heart: beside a mediastinum of this half width."""
        beside_spine = self.x - np.float32(mediastinum)
        return np.asarray(np.minimum(np.minimum(self.hemithorax, beside_spine), self.above_diaphragm))


def soft(distance: Field, width: float) -> Field:
    """Smoothstep of a signed distance: 0 outside, 1 inside, over `width`."""
    t = np.clip(distance / np.float32(width) + np.float32(0.5), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def bump(value: Field, centre: float, before: float, after: float) -> Field:
    """A hill of height 1 that falls off by one width before its centre and another after it."""
    offset = value - np.float32(centre)
    return np.exp(-np.square(offset / np.where(offset < 0, before, after).astype(np.float32)))


def outline(anatomy: Anatomy, size: int) -> Shapes:
    """Measure every outline on a grid of size x size pixel centres."""
    from_centre = ((np.arange(size, dtype=np.float32) + 0.5) / size - 0.5) / np.float32(anatomy.zoom)
    offset = from_centre[None, :] + np.float32(0.5 - anatomy.midline)
    x, v, is_left = np.abs(offset), from_centre[:, None] + np.float32(0.5 + anatomy.lift), offset > 0
    wall = _wall(anatomy, v)
    return Shapes(
        x=x,
        v=v,
        is_left=is_left,
        wall=wall,
        hemithorax=_hemithorax(anatomy, x, v, wall),
        silhouette=np.where(is_left, _left_border(anatomy, v), _right_border(anatomy, v)) - x,
        above_diaphragm=_dome(anatomy, x, is_left) - v,
        body=_body(anatomy, x, v),
    )


def _wall(anatomy: Anatomy, v: Field) -> Field:
    reach = np.clip((v - anatomy.apex) / 0.5, 0, 1)
    opening = np.power(1 - np.power(1 - reach, 2.4), 0.62)
    narrowing = 0.02 * np.clip((v - 0.62) / 0.25, 0, 1)
    return np.asarray(0.15 + (anatomy.half_width - 0.15) * opening - narrowing, dtype=np.float32)


def _hemithorax(anatomy: Anatomy, x: Field, v: Field, wall: Field) -> Field:
    apex_curve = anatomy.apex + 3.5 * np.square(x - np.float32(0.155))
    return np.asarray(np.minimum(wall - x, (v - apex_curve) * np.float32(0.8)), dtype=np.float32)


def _left_border(anatomy: Anatomy, v: Field) -> Field:
    """Aortic knob, pulmonary trunk, left ventricle, from top to bottom of the patient's left border."""
    reach = 0.66 * anatomy.cardiothoracic_ratio * 2 * anatomy.half_width
    base = np.float32(anatomy.mediastinum)
    ventricle = (reach - anatomy.mediastinum) * bump(v, anatomy.heart_peak, 0.15, 0.20)
    knob = (anatomy.mediastinum * 0.25 + anatomy.aortic_knob) * bump(v, 0.27, 0.06, 0.055)
    trunk = 0.018 * bump(v, 0.385, 0.06, 0.06)
    return np.asarray(base + ventricle + knob + trunk, dtype=np.float32)


def _right_border(anatomy: Anatomy, v: Field) -> Field:
    """Superior vena cava above, right atrium below."""
    reach = 0.34 * anatomy.cardiothoracic_ratio * 2 * anatomy.half_width
    atrium = max(reach - anatomy.mediastinum, 0.01) * bump(v, anatomy.heart_peak - 0.01, 0.12, 0.2)
    return np.asarray(anatomy.mediastinum + atrium, dtype=np.float32)


def _dome(anatomy: Anatomy, x: Field, is_left: NDArray[np.bool_]) -> Field:
    """Height of the diaphragm: highest at mid-lung, deep in the costophrenic angle at the side."""
    crest = np.where(is_left, anatomy.dome[1], anatomy.dome[0]).astype(np.float32)
    centre = 0.45 * anatomy.half_width
    lateral = np.clip((x - centre) / (anatomy.half_width - centre), 0, 1.2)
    medial = np.clip((centre - x) / centre, 0, 1)
    return np.asarray(crest + anatomy.sulcus_depth * lateral**2.6 + 0.035 * medial**2, dtype=np.float32)


def _body(anatomy: Anatomy, x: Field, v: Field) -> Field:
    """Neck, shoulders that leave the picture, and flanks with air beside them."""
    neck_to_shoulder = 0.125 + 0.55 * soft(v - np.float32(0.075), 0.19)
    flank = anatomy.half_width + anatomy.body_margin + 0.05 * soft(np.float32(0.5) - v, 0.35)
    below_armpit = soft(v - np.float32(0.30), 0.26)
    edge = neck_to_shoulder * (1 - below_armpit) + flank * below_armpit
    return np.asarray(edge - x, dtype=np.float32)
