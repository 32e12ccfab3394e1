"""Measures whether a model's images show what the prompt says, beside phantoms measured the same way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count, islice

import numpy as np
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray

from generation.diffusion.recipe import Recipe, family
from generation.diffusion.sampling import sample
from generation.diffusion.training.expectations import Expectation, Kind
from generation.diffusion.training.quantities import Quantity

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Measured:
    """A quantity over images: mean and standard deviation where it could be measured; how many show the finding."""

    n: int
    mean: float
    spread: float
    seen: int


def measure(images: Sequence[Grey], quantity: Quantity) -> Measured:
    """Measure a set of images alike."""
    values = np.array([quantity.value(image) for image in images])
    values = values[~np.isnan(values)]
    return Measured(
        n=len(images),
        mean=float(values.mean()) if len(values) else float("nan"),
        spread=float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        seen=sum(quantity.seen(image) for image in images),
    )


def phantoms_showing(expected: Expectation, wanted: int, size: int) -> list[Grey]:
    """Phantoms with the finding in its place; none of them was trained on."""
    drawn = (expected.kind.draw(seed, expected.finding, size) for seed in count())
    return list(islice((phantom.image for phantom in drawn if expected.shown_by(phantom)), wanted))


def normal_phantoms(kind: Kind, wanted: int, size: int) -> list[Grey]:
    """Phantoms of the same view or level without a finding."""
    drawn = (kind.draw(seed, "normal", size) for seed in count())
    return list(islice((phantom.image for phantom in drawn if kind.shown_by(phantom)), wanted))


def drawn_for(pipeline: StableDiffusionPipeline, prompt: str, first: Recipe, wanted: int) -> list[Grey]:
    """Images of the model for this prompt, seeds upwards from the first recipe's."""
    return sample(pipeline, family(replace(first, prompt=prompt), wanted), lambda _: None)
