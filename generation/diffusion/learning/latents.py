"""Latents of all pictures, encoded once and kept: the autoencoder is then never asked again."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.pictures import unit_tensor, variant
from generation.diffusion.learning.plan import LearningPlan
from generation.diffusion.learning.state import State, read_state, write_state

AT_ONCE = 8


def cached_latents(
    vae: Any, pictures: NDArray[np.uint8], variants: int, plan: LearningPlan, kept: Path | None
) -> torch.Tensor:
    """Latents of shape (n, variants, channels, h, w), scaled as the denoiser takes them.

    Parameters
    ----------
    kept : Path or None
        A file that holds them for a restart on this machine; one of other pictures or another model is replaced.
    """
    name = _name(vae, pictures, variants, plan)
    if kept and kept.exists() and (found := _kept(kept, name)) is not None:
        return found
    latents = encoded(vae, pictures, variants, plan.seed)
    if kept:
        write_state(kept, State({"latents": latents}, {"of": name}))
    return latents


def _kept(path: Path, name: str) -> torch.Tensor | None:
    try:
        state = read_state(path)
    except LearningError:
        return None
    return state.tensors["latents"] if state.facts.get("of") == name else None


@torch.no_grad()
def encoded(vae: Any, pictures: NDArray[np.uint8], variants: int, seed: int) -> torch.Tensor:
    """The means of the autoencoder's distributions; of a trained one these are all but exact."""
    device = next(vae.parameters()).device
    parts = []
    for start in range(0, len(pictures), AT_ONCE):
        plain = unit_tensor(pictures[start : start + AT_ONCE], vae.config.in_channels)
        versions = [variant(plain, number, start, seed) for number in range(variants)]
        means = [vae.encode(one.to(device)).latent_dist.mean.float().cpu() for one in versions]
        parts.append(torch.stack(means, dim=1))
    scaled: torch.Tensor = torch.cat(parts) * vae.config.scaling_factor
    return scaled


def _name(vae: Any, pictures: NDArray[np.uint8], variants: int, plan: LearningPlan) -> str:
    """Of the pictures and of the encoder that saw them."""
    total = hashlib.sha256(f"{pictures.shape} {variants} {plan.seed}".encode())
    total.update(np.ascontiguousarray(pictures).tobytes())
    for parameter in vae.encoder.parameters():
        total.update(parameter.detach().float().cpu().contiguous().numpy().tobytes())
    return total.hexdigest()
