"""What a denoiser learns from: latents with a caption each, in an order that the seed decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.pictures import square_of
from generation.diffusion.learning.plan import LearningPlan
from lungstudy.library.pixels.arrays import Grey


class Shown(NamedTuple):
    """Square pictures (n, size, size) with their captions."""

    pictures: NDArray[np.uint8]
    captions: list[str]


@dataclass(frozen=True)
class ImageSet:
    """The images to learn from, and those held out to see whether what is learned holds for others."""

    shown: Shown
    held_out: Shown


@dataclass(frozen=True)
class Examples:
    """Latents (n, variants, channels, h, w) and captions."""

    latents: torch.Tensor
    captions: list[str]


def image_set(shown: Sequence[tuple[Grey, str]], held_out: Sequence[tuple[Grey, str]], plan: LearningPlan) -> ImageSet:
    """Pictures of any size as squares of the plan's.

    Raises
    ------
    LearningError
        There is no image to learn from.
    """
    if not shown:
        raise LearningError("There is no image to learn from; choose a data set with images in use, or hold out fewer.")
    return ImageSet(_shown(shown, plan.size), _shown(held_out, plan.size))


def _shown(images: Sequence[tuple[Grey, str]], size: int) -> Shown:
    squares = [square_of(pixels, size) for pixels, _ in images]
    pictures = np.stack(squares) if squares else np.zeros((0, size, size), np.uint8)
    return Shown(pictures, [caption for _, caption in images])


def batch_at(number: int, size: int, n_images: int, seed: int) -> list[int]:
    """Places of batch `number`: every image once before any comes again, in another order each time."""
    places = range(number * size, (number + 1) * size)
    return [_order(n_images, seed, place // n_images)[place % n_images] for place in places]


@lru_cache(maxsize=4)
def _order(n_images: int, seed: int, epoch: int) -> list[int]:
    return [int(place) for place in np.random.default_rng([seed, epoch]).permutation(n_images)]
