"""Where in each training picture its finding and its structures are, on the latent grid."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from generation.diffusion.training.phantom_set import PhantomSet, phantom_of
from generation.diffusion.training.plan import TrainingPlan

CHANGED = 12  # grey levels: more than a film's exposure shifts when something in it changes
STRUCTURES = ("left lung", "right lung", "heart")

Shares = NDArray[np.uint8]


def finding_weights(plan: TrainingPlan, phantoms: PhantomSet, folder: Path) -> torch.Tensor:
    """Weights of the denoiser's error, (n, 1, side, side): 1, and more in the few pixels that the caption is about."""

    def share(number: int) -> Shares:
        """Of the pixels that differ from the same body without the finding."""
        well = phantom_of(plan, number, well=True).image
        return in_cells(plan, abs(phantoms.images[number].astype(np.int16) - well) > CHANGED)

    shares = _kept(folder / "finding-places.npy", len(phantoms.images), share)
    return 1 + plan.finding_weight * shares[:, None]


def structure_shares(plan: TrainingPlan, phantoms: PhantomSet, folder: Path) -> torch.Tensor:
    """How much of each latent cell every structure covers, 0 to 1, (n, structures, side, side)."""

    def share(number: int) -> Shares:
        structures = phantom_of(plan, number).structures
        absent = np.zeros((plan.image_size, plan.image_size), dtype=np.bool_)
        return np.stack([in_cells(plan, structures.get(name, absent)) for name in STRUCTURES])

    return _kept(folder / "structure-places.npy", len(phantoms.images), share)


def in_cells(plan: TrainingPlan, mask: NDArray[np.bool_]) -> Shares:
    """The share of each latent cell that a mask of the picture covers, 0 to 255."""
    cell = plan.image_size // plan.latent_size
    blocks = mask.reshape(plan.latent_size, cell, plan.latent_size, cell)
    return np.asarray(np.round(255 * blocks.mean(axis=(1, 3))), dtype=np.uint8)


def _kept(path: Path, count: int, share: Callable[[int], Shares]) -> torch.Tensor:
    """Found once and read back; put in place in one step."""
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            np.save(file, np.stack([share(number) for number in range(count)]))
        unfinished.replace(path)
    return torch.from_numpy(np.load(path).astype(np.float32) / 255)
