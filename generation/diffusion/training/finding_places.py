"""Where in each training picture its finding is, so that the few pixels that a caption is about count more."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from generation.diffusion.training.phantom_set import PhantomSet, drawn_phantom
from generation.diffusion.training.plan import TrainingPlan

CHANGED = 12  # grey levels: more than a film's exposure shifts when something in it changes


def finding_weights(plan: TrainingPlan, phantoms: PhantomSet, folder: Path) -> torch.Tensor:
    """Weights of the denoiser's error, (n, 1, side, side) on the latent grid: 1, and more where the finding is."""
    path = folder / "finding-places.npy"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            np.save(file, np.stack([_share(plan, image, number) for number, image in enumerate(phantoms.images)]))
        unfinished.replace(path)
    shares = torch.from_numpy(np.load(path).astype(np.float32) / 255)
    return 1 + plan.finding_weight * shares[:, None]


def _share(plan: TrainingPlan, image: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    """Share of each latent cell, 0 to 255, that differs from the same body without the finding."""
    well, _ = drawn_phantom(plan, number, well=True)
    changed = abs(image.astype(np.int16) - well) > CHANGED
    cell = plan.image_size // plan.latent_size
    blocks = changed.reshape(plan.latent_size, cell, plan.latent_size, cell)
    return np.asarray(np.round(255 * blocks.mean(axis=(1, 3))), dtype=np.uint8)
