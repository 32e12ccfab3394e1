"""Draws a CT phantom: an invented axial chest slice in lung window with its true masks. It shows no patient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.phantom.ct.anatomy import CtAnatomy, CtFinding, draw_ct_anatomy
from lungstudy.library.pixels.phantom.ct.findings import CtChange, ct_change
from lungstudy.library.pixels.phantom.ct.shapes import CtShapes, ct_outline
from lungstudy.library.pixels.phantom.ct.tissues import BLOOD_HU, BONE_HU, body_wall, bones, lung_vessels, middle, over
from lungstudy.library.pixels.phantom.ct.words import ct_caption_of
from lungstudy.library.pixels.phantom.film import refuse_undrawable
from lungstudy.library.pixels.phantom.shapes import Field, soft
from lungstudy.library.pixels.phantom.textures import detector_noise, mottle

WINDOW_CENTRE_HU, WINDOW_WIDTH_HU = -600.0, 1500.0  # the usual lung window


@dataclass(frozen=True)
class CtPhantom:
    """A drawn slice.

    Attributes
    ----------
    image : uint8 array (size, size), seen from the feet, the patient's right on the picture's left.
    lung_mask : bool array, lung that holds air, ground glass included, nodule and fluid not.
    finding_mask : bool array, where the finding is; empty in a normal slice.
    structures : bool arrays by name, where words point: "left lung" and "right lung", whatever fills them.
    """

    image: NDArray[np.uint8]
    lung_mask: NDArray[np.bool_]
    finding_mask: NDArray[np.bool_]
    structures: dict[str, NDArray[np.bool_]]
    finding: CtFinding
    side: str
    level: str
    sex: str
    build: str
    caption: str


def draw_ct_phantom(seed: int, finding: CtFinding | str = CtFinding.NORMAL, size: int = 256) -> CtPhantom:
    """Draw one slice; the same three arguments give the same pixels.

    Raises
    ------
    ValueError
        If the seed is negative, the finding unknown or the size outside 64 to 1024 pixels.
    """
    refuse_undrawable(seed, size)
    anatomy = draw_ct_anatomy(seed, _known(finding))
    shapes = ct_outline(anatomy, size)
    effect = ct_change(anatomy, shapes)
    return CtPhantom(
        image=_windowed(_hounsfield(anatomy, shapes, effect, size)),
        lung_mask=(shapes.lung > 0) & (effect.filled < 0.5),
        finding_mask=effect.mask,
        structures={
            "left lung": (shapes.lung > 0) & shapes.is_left,
            "right lung": (shapes.lung > 0) & ~shapes.is_left,
        },
        finding=anatomy.finding,
        side=anatomy.side,
        level=anatomy.level,
        sex=anatomy.sex,
        build=anatomy.build,
        caption=ct_caption_of(anatomy),
    )


def _known(finding: CtFinding | str) -> CtFinding:
    try:
        return CtFinding(finding)
    except ValueError:
        known = ", ".join(CtFinding)
        raise ValueError(f"No CT phantom shows “{finding}”; choose one of: {known}.") from None


def _hounsfield(anatomy: CtAnatomy, shapes: CtShapes, effect: CtChange, size: int) -> Field:
    """The slice in Hounsfield units, with the scanner's noise."""
    hu = body_wall(anatomy, shapes)
    hu = over(hu, soft(shapes.lung, 0.008), _lung(anatomy, shapes, effect, size))
    hu = middle(anatomy, shapes, hu)
    hu = over(hu, bones(anatomy, shapes), BONE_HU)
    noise = detector_noise(np.random.default_rng([anatomy.seed, 14]), size)
    return np.asarray(hu + anatomy.noise_hu * noise, dtype=np.float32)


def _lung(anatomy: CtAnatomy, shapes: CtShapes, effect: CtChange, size: int) -> Field:
    """Air-filled lung, denser towards the back, with its vessels and the finding in it."""
    rng = np.random.default_rng([anatomy.seed, 15])
    towards_back = np.clip(shapes.y / anatomy.cavity[1], -1, 1)
    hu = anatomy.lung_hu + anatomy.dependent_hu * towards_back + 12 * mottle(rng, 24, size)
    hu = over(np.asarray(hu + effect.added_hu, dtype=np.float32), lung_vessels(anatomy, size), BLOOD_HU)
    return over(hu, effect.filled, effect.filling_hu)


def _windowed(hu: Field) -> NDArray[np.uint8]:
    """Grey levels of the lung window: black below it, white above."""
    share = (hu - (WINDOW_CENTRE_HU - WINDOW_WIDTH_HU / 2)) / WINDOW_WIDTH_HU
    return np.asarray(np.clip(255 * share, 0, 255), dtype=np.uint8)
