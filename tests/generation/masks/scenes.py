"""Pictures with true masks and simulated attention, and the plainest possible versions of what is tested."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generation.masks.fusing import Maps
from generation.masks.planes import Grey, Mask
from generation.masks.simulated_attention import LEVELS, simulate
from lungstudy.library.pixels.masks.overlap import dice_of
from lungstudy.library.pixels.phantom import Finding, draw_phantom


@dataclass(frozen=True)
class Scene:
    """A batch whose truth is known."""

    pictures: list[Grey]
    truths: list[Mask]
    maps: list[Maps]

    def dice(self, results: Sequence[object]) -> float:
        """Mean Dice of refined masks."""
        return float(np.mean([dice_of(one.mask, truth) for one, truth in zip(results, self.truths, strict=True)]))


def phantom_scene(count: int, size: int, level: str = "middle") -> Scene:
    findings = list(Finding)
    drawn = [draw_phantom(seed, findings[seed % len(findings)], size) for seed in range(count)]
    truths = [one.lung_mask for one in drawn]
    return Scene(
        [one.image for one in drawn], truths, [simulate(mask, LEVELS[level], i) for i, mask in enumerate(truths)]
    )


def small_picture(side: int = 24, seed: int = 0) -> tuple[Grey, np.ndarray]:
    """A bright disc on a darker ground with noise, and an uncertain probability of the disc."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    disc = np.hypot(y - 0.45 * side, x - 0.4 * side) < 0.28 * side
    picture = np.clip(90 + 60 * disc + rng.normal(0, 12, disc.shape), 0, 255).astype(np.uint8)
    probability = np.clip(0.35 + 0.3 * disc + rng.normal(0, 0.12, disc.shape), 0.02, 0.98)
    return picture, probability.astype(np.float32)
