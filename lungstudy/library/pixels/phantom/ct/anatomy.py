"""The random body behind a CT phantom: sizes and places in fractions of the picture, drawn from one seed."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class CtFinding(StrEnum):
    """What a CT phantom shows."""

    NORMAL = "normal"
    NODULE = "nodule"
    GROUND_GLASS = "ground glass opacity"
    LEFT_EFFUSION = "left effusion"
    RIGHT_EFFUSION = "right effusion"


SIDES = ("right", "left")  # the patient's; seen from the feet, the right side lies on the picture's left
LEVELS = ("aortic arch", "heart")


@dataclass(frozen=True)
class CtAnatomy:
    """One body at one level. x runs from the midline to the patient's left, y from the front to the back."""

    finding: CtFinding
    side: str
    level: str
    sex: str
    build: str
    centre: tuple[float, float]
    tilt: float
    half_width: float
    half_depth: float
    fat: float
    wall: float
    heart: tuple[float, float]
    heart_angle: float
    column: float
    spine_radius: float
    rib_phase: float
    rib_count: int
    lung_hu: float
    dependent_hu: float
    severity: float
    spot_size: float
    table: bool
    noise_hu: float
    seed: int

    @property
    def shows_heart(self) -> bool:
        """Whether the slice passes through the heart rather than above it."""
        return self.level == "heart"

    @property
    def cavity(self) -> tuple[float, float]:
        """Half width and half depth of the thoracic cavity, inside fat, muscle and ribs."""
        skin_to_lung = self.fat + self.wall
        return self.half_width - 1.15 * skin_to_lung, self.half_depth - skin_to_lung

    @property
    def spine_y(self) -> float:
        """Height of the middle of the vertebral body."""
        return self.cavity[1] - 0.045


def draw_ct_anatomy(seed: int, finding: CtFinding) -> CtAnatomy:
    """Draw a body; the same seed with another finding is the same body."""
    u = np.random.default_rng([seed, 10]).uniform(size=40)
    build_index = int(u[2] * 3)
    sex = "man" if u[1] < 0.5 else "woman"
    return CtAnatomy(
        finding=finding,
        side=_side(finding, u[4]),
        level=LEVELS[int(u[0] < 0.65)],
        sex=sex,
        build=("slim", "average", "broad")[build_index],
        centre=(_between(u[6], -0.015, 0.015), _between(u[7], -0.03, 0.01)),
        tilt=_between(u[8], -0.06, 0.06),
        half_width=_between(u[9], 0.405, 0.43) + 0.012 * build_index,
        half_depth=_between(u[10], 0.30, 0.335) + 0.014 * build_index,
        fat=_between(u[11], 0.010, 0.018) + 0.009 * build_index + (0.004 if sex == "woman" else 0.0),
        wall=_between(u[12], 0.034, 0.042),
        heart=(_between(u[13], 0.115, 0.14), _between(u[14], 0.085, 0.105)),
        heart_angle=_between(u[15], 0.45, 0.8),
        column=_between(u[16], 0.032, 0.045),
        spine_radius=_between(u[17], 0.042, 0.05),
        rib_phase=_between(u[18], 0.0, 1.0),
        rib_count=int(_between(u[19], 5, 8)),
        lung_hu=_between(u[20], -880, -820),
        dependent_hu=_between(u[21], 20, 90),
        severity=_between(u[22], 0.25, 1.0),
        spot_size=u[23],
        table=bool(u[24] < 0.6),
        noise_hu=_between(u[25], 12, 30),
        seed=seed,
    )


def _between(unit: float, low: float, high: float) -> float:
    return float(low + unit * (high - low))


def _side(finding: CtFinding, unit: float) -> str:
    fixed = {CtFinding.NORMAL: "", CtFinding.LEFT_EFFUSION: "left", CtFinding.RIGHT_EFFUSION: "right"}
    return fixed.get(finding, SIDES[int(unit * 2)])
