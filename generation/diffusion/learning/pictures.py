"""Pictures as a model takes them: square, from -1 to 1, and slightly moved versions that keep left and right."""

import numpy as np
import torch
from numpy.typing import NDArray

from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.presenting import Policy, present

FURTHEST_SHIFT = 0.03
MOST_ZOOM = 0.05


def square_of(pixels: Grey, size: int) -> NDArray[np.uint8]:
    """The centre of the film at the model's size, grey levels as stored."""
    return present(pixels, Policy(size=size, grey="as_stored")).astype(np.uint8, copy=False)


def unit_tensor(pictures: NDArray[np.uint8], channels: int) -> torch.Tensor:
    """Grey levels (n, h, w) as (n, channels, h, w) from -1 to 1."""
    grey = torch.from_numpy(pictures.astype(np.float32) / 127.5 - 1)[:, None]
    return grey.expand(-1, channels, -1, -1).contiguous()


def variant(pictures: torch.Tensor, number: int, first: int, seed: int) -> torch.Tensor:
    """Version `number` of pictures that stand at places `first` and on: 0 is the picture itself.

    Others are shifted by up to 3 % and scaled by up to 5 %, the edge's pixels repeated. Never mirrored or turned: a
    heart on the right is a disease of its own.
    """
    if number == 0:
        return pictures
    matrices = [_moved(np.random.default_rng([seed, number, first + at])) for at in range(len(pictures))]
    grid = torch.nn.functional.affine_grid(torch.stack(matrices), list(pictures.shape), align_corners=False)
    return torch.nn.functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def _moved(rng: np.random.Generator) -> torch.Tensor:
    """A map from target to source places; from -1 to 1 is two units, hence shifts of twice the share."""
    scale = 1 + rng.uniform(-MOST_ZOOM, MOST_ZOOM)
    across, down = rng.uniform(-2 * FURTHEST_SHIFT, 2 * FURTHEST_SHIFT, size=2)
    return torch.tensor([[scale, 0.0, across], [0.0, scale, down]], dtype=torch.float32)
