"""The random body behind a phantom: sizes and places in fractions of the picture, drawn from one seed."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Finding(StrEnum):
    """What a phantom shows."""

    NORMAL = "normal"
    CARDIOMEGALY = "cardiomegaly"
    LEFT_EFFUSION = "left effusion"
    RIGHT_EFFUSION = "right effusion"
    PNEUMONIA = "pneumonia"
    PNEUMOTHORAX = "pneumothorax"
    NODULE = "nodule"


SIDES = ("right", "left")  # the patient's; the right side lies on the picture's left
ZONES = ("upper", "mid", "lower")
FINDINGS_WITH_ZONE = (Finding.PNEUMONIA, Finding.NODULE)


@dataclass(frozen=True)
class Anatomy:
    """One body. Pairs are (right, left) of the patient; v runs from the top, x from the midline outwards."""

    finding: Finding
    side: str
    zone: str
    view: str
    sex: str
    build: str
    midline: float
    zoom: float
    lift: float
    half_width: float
    apex: float
    dome: tuple[float, float]
    sulcus_depth: float
    cardiothoracic_ratio: float
    heart_peak: float
    mediastinum: float
    aortic_knob: float
    body_margin: float
    rib_spacing: float
    rib_phase: float
    rib_contrast: float
    clavicle_v: float
    lung_air: float
    severity: float
    spot: tuple[float, float]
    spot_size: float
    gamma: float
    noise: float
    seed: int

    @property
    def side_index(self) -> int:
        """0 for the patient's right, 1 for the left."""
        return SIDES.index(self.side)

    def on_film(self, u: float, v: float) -> tuple[float, float]:
        """Where a point of the body lies in the picture; films differ in how close they are cropped."""
        return (u - 0.5) * self.zoom + 0.5, (v - self.lift - 0.5) * self.zoom + 0.5


def draw_anatomy(seed: int, finding: Finding) -> Anatomy:
    """Draw a body; the same seed with another finding is nearly the same body."""
    rng = np.random.default_rng(seed)
    u = rng.uniform(size=40)
    view = "PA" if u[0] < 0.7 else "AP"
    sex = "man" if u[1] < 0.5 else "woman"
    build_index = int(u[2] * 3)
    dome_right = _between(u[3], 0.66, 0.74) - (0.04 if view == "AP" else 0.0)
    zone = ZONES[int(u[5] * 3)] if finding in FINDINGS_WITH_ZONE else ""
    return Anatomy(
        finding=finding,
        side=_side(finding, u[4]),
        zone=zone,
        view=view,
        sex=sex,
        build=("slim", "average", "broad")[build_index],
        midline=_between(u[6], 0.485, 0.515),
        zoom=_between(u[27], 0.94, 1.14),
        lift=_between(u[28], -0.03, 0.05),
        half_width=_between(u[7], 0.325, 0.36) + 0.012 * build_index - (0.01 if sex == "woman" else 0.0),
        apex=_between(u[8], 0.085, 0.125),
        dome=(dome_right, dome_right + _between(u[9], 0.005, 0.035)),
        sulcus_depth=_between(u[10], 0.10, 0.15),
        cardiothoracic_ratio=_heart_ratio(finding, u[11]),
        heart_peak=_between(u[12], 0.59, 0.64) - 0.02 * (view == "AP"),
        mediastinum=_between(u[13], 0.052, 0.066) + 0.008 * (view == "AP"),
        aortic_knob=_between(u[14], 0.018, 0.04),
        body_margin=_between(u[15], 0.045, 0.07) + 0.025 * build_index,
        rib_spacing=_between(u[16], 0.058, 0.068),
        rib_phase=_between(u[17], 0.0, 0.05),
        rib_contrast=_between(u[18], 0.8, 1.35),
        clavicle_v=_between(u[19], 0.155, 0.2) - 0.02 * (view == "AP"),
        lung_air=_between(u[20], 0.9, 1.1) - 0.06 * build_index,
        severity=_between(u[21], 0.25, 1.0),
        spot=_spot(_side(finding, u[4]), zone, u[22], u[23]),
        spot_size=u[24],
        gamma=_between(u[25], 0.85, 1.2),
        noise=_between(u[26], 0.006, 0.014),
        seed=seed,
    )


def _between(unit: float, low: float, high: float) -> float:
    return float(low + unit * (high - low))


def _side(finding: Finding, unit: float) -> str:
    if finding in (Finding.NORMAL, Finding.CARDIOMEGALY):
        return ""
    if finding is Finding.LEFT_EFFUSION:
        return "left"
    if finding is Finding.RIGHT_EFFUSION:
        return "right"
    return SIDES[int(unit * 2)]


def _heart_ratio(finding: Finding, unit: float) -> float:
    """Heart width over thoracic width; 0.5 is the usual border on a PA film."""
    return _between(unit, 0.57, 0.68) if finding is Finding.CARDIOMEGALY else _between(unit, 0.40, 0.48)


def _spot(side: str, zone: str, unit_x: float, unit_v: float) -> tuple[float, float]:
    """Where a zonal finding lies: share of the way from midline to chest wall, and height."""
    low, high = {"upper": (0.2, 0.3), "mid": (0.38, 0.48), "lower": (0.54, 0.60), "": (0.4, 0.5)}[zone]
    # The lung is narrow at its top, and low on the left the heart would hide what the caption tells.
    reach = {"upper": (0.48, 0.64), "lower": (0.76, 0.84) if side == "left" else (0.55, 0.75)}
    inner, outer = reach.get(zone, (0.55, 0.75))
    return _between(unit_x, inner, outer), _between(unit_v, low, high)
