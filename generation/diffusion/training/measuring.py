"""Measures whether a model's images show what the prompt says, beside phantoms measured the same way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray

from generation.diffusion.recipe import Recipe, family
from generation.diffusion.sampling import sample
from lungstudy.library.pixels.phantom import Finding, draw_phantom
from lungstudy.library.pixels.phantom.measure import heart_width_ratio, side_difference, side_of_effusion

Grey = NDArray[np.uint8]

OPENING = "frontal chest radiograph, PA view"


@dataclass(frozen=True)
class Expectation:
    """A prompt's finding, the phantoms that show it, and the heights between which the sides are compared."""

    words: str
    finding: Finding
    side: str
    zone: str
    heights: tuple[float, float]

    @property
    def prompt(self) -> str:
        """The words as a whole prompt."""
        return f"{OPENING}, {self.words}"


LOWER, UPPER = (0.55, 0.75), (0.15, 0.30)
EXPECTATIONS = (
    Expectation("normal heart, clear lungs", Finding.NORMAL, "", "", LOWER),
    Expectation("cardiomegaly, enlarged heart", Finding.CARDIOMEGALY, "", "", LOWER),
    Expectation("left pleural effusion", Finding.LEFT_EFFUSION, "left", "", LOWER),
    Expectation("right pleural effusion", Finding.RIGHT_EFFUSION, "right", "", LOWER),
    Expectation("pneumonia, left lower zone", Finding.PNEUMONIA, "left", "lower", LOWER),
    Expectation("pneumonia, right lower zone", Finding.PNEUMONIA, "right", "lower", LOWER),
    Expectation("left pneumothorax", Finding.PNEUMOTHORAX, "left", "", UPPER),
    Expectation("right pneumothorax", Finding.PNEUMOTHORAX, "right", "", UPPER),
)


@dataclass(frozen=True)
class Measured:
    """Means over the images of one prompt or of phantoms; the ratio's spread is a standard deviation."""

    n: int
    heart_ratio: float
    heart_ratio_spread: float
    left_effusions: int
    right_effusions: int
    left_minus_right: float


def measure(images: Sequence[Grey], heights: tuple[float, float]) -> Measured:
    """Measure a set of images alike."""
    ratios = np.array([heart_width_ratio(image) for image in images])
    seen = ratios[~np.isnan(ratios)]
    sides = [side_of_effusion(image) for image in images]
    return Measured(
        n=len(images),
        heart_ratio=float(seen.mean()) if len(seen) else float("nan"),
        heart_ratio_spread=float(seen.std(ddof=1)) if len(seen) > 1 else float("nan"),
        left_effusions=sides.count("left"),
        right_effusions=sides.count("right"),
        left_minus_right=float(np.mean([side_difference(image, *heights) for image in images])),
    )


def phantoms_showing(expected: Expectation, count: int, size: int) -> list[Grey]:
    """Phantoms in PA view with the same finding, side and zone; none of them was trained on."""
    found: list[Grey] = []
    seed = 0
    while len(found) < count:
        phantom = draw_phantom(seed, expected.finding, size)
        if phantom.view == "PA" and phantom.side == expected.side and phantom.zone == expected.zone:
            found.append(phantom.image)
        seed += 1
    return found


def drawn_for(pipeline: StableDiffusionPipeline, expected: Expectation, first: Recipe, count: int) -> list[Grey]:
    """Images of the model for this prompt, seeds upwards from the first recipe's."""
    return sample(pipeline, family(replace(first, prompt=expected.prompt), count), lambda _: None)
