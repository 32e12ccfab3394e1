"""Draws a phantom: an invented frontal chest radiograph with its true lung masks. It shows no patient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lungstudy.library.pixels.phantom.anatomy import Anatomy, Finding, draw_anatomy
from lungstudy.library.pixels.phantom.bones import bones
from lungstudy.library.pixels.phantom.findings import Change, change
from lungstudy.library.pixels.phantom.shapes import Field, Shapes, outline, soft
from lungstudy.library.pixels.phantom.textures import airway, detector_noise, hila, mottle, vessels
from lungstudy.library.pixels.phantom.words import caption_of

MIN_SIZE, MAX_SIZE = 64, 1024


@dataclass(frozen=True)
class Phantom:
    """A drawn phantom.

    Attributes
    ----------
    image : uint8 array (size, size), bone bright.
    lung_mask : bool array, where air-filled lung (or a pneumothorax) is projected beside the heart and above
        diaphragm and fluid.
    whole_lung_mask : bool array, the lungs as people outline them who leave the heart inside: between chest wall,
        diaphragm and the straight borders of the mediastinum, whatever fills them.
    structures : bool arrays by name, where the words for a part of the body point: "left lung" and "right lung" are the
        halves of `whole_lung_mask`, "heart" is the silhouette between the lungs from below the hila to the diaphragm.
    cardiothoracic_ratio : widest heart over widest chest, as drawn.
    """

    image: NDArray[np.uint8]
    lung_mask: NDArray[np.bool_]
    whole_lung_mask: NDArray[np.bool_]
    structures: dict[str, NDArray[np.bool_]]
    finding: Finding
    side: str
    zone: str
    view: str
    sex: str
    build: str
    caption: str
    cardiothoracic_ratio: float


def draw_phantom(seed: int, finding: Finding | str = Finding.NORMAL, size: int = 256) -> Phantom:
    """Draw one phantom; the same three arguments give the same pixels.

    Raises
    ------
    ValueError
        If the seed is negative, the finding unknown or the size outside 64 to 1024 pixels.
    """
    refuse_undrawable(seed, size)
    anatomy = draw_anatomy(seed, _known(finding))
    shapes = outline(anatomy, size)
    # Separate streams: noise must not depend on how many vessels a body has.
    effect = change(anatomy, shapes, np.random.default_rng([seed, 1]))
    attenuation = _attenuation(anatomy, shapes, effect, size)
    whole_lungs = (shapes.lung_space(anatomy.mediastinum) > 0) & (shapes.body > 0)
    return Phantom(
        image=_develop(anatomy, shapes, attenuation),
        lung_mask=(shapes.lung > 0) & (effect.aerated > 0.5) & (shapes.body > 0),
        whole_lung_mask=whole_lungs,
        structures={
            "left lung": whole_lungs & shapes.is_left,
            "right lung": whole_lungs & ~shapes.is_left,
            "heart": (shapes.silhouette > 0) & (shapes.above_diaphragm > 0) & (shapes.v > anatomy.heart_peak - 0.15),
        },
        finding=anatomy.finding,
        side=anatomy.side,
        zone=anatomy.zone,
        view=anatomy.view,
        sex=anatomy.sex,
        build=anatomy.build,
        caption=caption_of(anatomy),
        cardiothoracic_ratio=anatomy.cardiothoracic_ratio,
    )


def refuse_undrawable(seed: int, size: int) -> None:
    """Raise ValueError for a negative seed, or a size outside 64 to 1024 pixels; of any kind of phantom."""
    if seed < 0:
        raise ValueError(f"A phantom's seed must be 0 or more, not {seed}.")
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise ValueError(f"A phantom can be drawn at {MIN_SIZE} to {MAX_SIZE} pixels, not {size}.")


def _known(finding: Finding | str) -> Finding:
    try:
        return Finding(finding)
    except ValueError:
        known = ", ".join(Finding)
        raise ValueError(f"No phantom shows “{finding}”; choose one of: {known}.") from None


def _attenuation(anatomy: Anatomy, shapes: Shapes, effect: Change, size: int) -> Field:
    """Line-of-sight attenuation, 0 for air to about 1 for the spine."""
    lung = soft(shapes.lung, 0.018) * effect.aerated
    depth = 1 - np.exp(-np.maximum(shapes.lung + 0.012, 0) / 0.06)
    air = lung * (0.20 + 0.27 * depth) * anatomy.lung_air
    total = _soft_tissue(anatomy, shapes)
    total -= air
    total += _centre(shapes)
    total += _lung_markings(anatomy, shapes, lung * effect.vessels, size)
    total += bones(anatomy, shapes) * soft(shapes.body, 0.02) * (0.45 + 0.55 * effect.aerated)
    total += effect.opacity * _lung_space(shapes)
    total -= 0.11 * airway(shapes)
    total -= _stomach_bubble(anatomy, shapes)
    return total


def _soft_tissue(anatomy: Anatomy, shapes: Shapes) -> Field:
    """Skin, muscle and fat; thicker downwards, thin at the outer edge; breasts over the lower lungs."""
    inside = np.sqrt(np.clip(shapes.body / 0.10, 0, 1))
    tissue = inside * (0.50 + 0.10 * shapes.v + 0.05 * soft(shapes.v - np.float32(0.14), 0.2))
    if anatomy.sex == "woman":
        bottom = 0.66
        breast = np.hypot((shapes.x - 0.21) / 0.15, (shapes.v - bottom + 0.11) / 0.13)
        tissue = tissue + 0.055 * soft(np.asarray(1 - breast, dtype=np.float32), 0.3) * soft(shapes.body, 0.05)
    return np.asarray(tissue, dtype=np.float32)


def _centre(shapes: Shapes) -> Field:
    """Mediastinum, heart and abdomen."""
    above = 0.15 + 0.85 * soft(shapes.above_diaphragm + np.float32(0.02), 0.07)
    heart = (
        above * soft(shapes.silhouette, 0.016) * (0.07 + 0.10 * (1 - np.exp(-np.maximum(shapes.silhouette, 0) / 0.05)))
    )
    below = soft(-shapes.above_diaphragm, 0.016) * soft(shapes.body - np.float32(0.035), 0.12)
    liver = np.where(shapes.is_left, 0.10, 0.135).astype(np.float32)
    height = soft(shapes.v - np.float32(0.12), 0.2)
    return np.asarray(
        heart * height + below * liver * (1 - 0.5 * soft(shapes.silhouette, 0.04) * above), dtype=np.float32
    )


def _lung_space(shapes: Shapes) -> Field:
    """Where something in or around a lung changes the picture: not through heart or abdomen."""
    beside_heart = soft(-shapes.silhouette, 0.02)
    return np.asarray(
        soft(shapes.hemithorax, 0.02) * beside_heart * soft(shapes.above_diaphragm, 0.02), dtype=np.float32
    )


def _lung_markings(anatomy: Anatomy, shapes: Shapes, lung: Field, size: int) -> Field:
    rng = np.random.default_rng([anatomy.seed, 2])
    tree = vessels(anatomy, rng, size)
    haze = 0.014 * mottle(rng, 14, size) + 0.016 * mottle(rng, 64, size)
    return np.asarray(lung * (0.20 * tree + 0.12 * hila(anatomy, shapes) + haze), dtype=np.float32)


def _stomach_bubble(anatomy: Anatomy, shapes: Shapes) -> Field:
    """Gas under the left half of the diaphragm."""
    rng = np.random.default_rng([anatomy.seed, 3])
    x, v = 0.16 + 0.06 * rng.random(), anatomy.dome[1] + 0.085 + 0.03 * rng.random()
    reach = np.hypot((shapes.x - x) / (0.035 + 0.04 * rng.random()), (shapes.v - v) / (0.02 + 0.018 * rng.random()))
    bubble = soft(np.asarray(1 - reach, dtype=np.float32), 0.5) * shapes.is_left
    return np.asarray(0.15 * rng.random() * bubble, dtype=np.float32)


def _develop(anatomy: Anatomy, shapes: Shapes, attenuation: Field) -> NDArray[np.uint8]:
    """Turn attenuation into grey levels with the film's own contrast and noise."""
    size = shapes.v.shape[0]
    rng = np.random.default_rng([anatomy.seed, 4])
    inside = attenuation[soft(shapes.body, 0.02) > 0.5]
    low, high = np.percentile(inside[:: max(1, size // 128)], (1.0, 99.6))
    level = np.clip((attenuation - 0.75 * low) / (high - 0.75 * low), 0, 1.08)
    exposed = level**anatomy.gamma * 0.9
    grain = anatomy.noise * (0.5 + exposed) * detector_noise(rng, size)
    return np.asarray(np.clip(255 * (exposed + grain) + 4, 0, 255), dtype=np.uint8)
