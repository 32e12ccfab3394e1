"""Trains the autoencoder on crops, then on whole pictures, and turns the pictures into latents."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL

from generation.diffusion.training.checkpoint import load_state, save_state, step_seed
from generation.diffusion.training.networks import new_autoencoder
from generation.diffusion.training.phantom_set import PhantomSet
from generation.diffusion.training.plan import TrainingPlan

Report = Callable[[str, int, float], None]

CROP = 64
KL_WEIGHT = 1e-4
WHOLE_PICTURES_FROM = 0.8  # share of the run after which crops give way to whole pictures


def as_tensor(images: np.ndarray) -> torch.Tensor:
    """Grey levels 0 to 255 as a (n, 1, h, w) tensor from -1 to 1."""
    return torch.from_numpy(images.astype(np.float32) / 127.5 - 1)[:, None]


def decayed_rate(rate: float, step: int, steps: int) -> float:
    """Warm-up over the first 50 steps, then a cosine down to a hundredth."""
    share = step / steps
    return rate * min(1.0, (step + 1) / 50) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


def train_autoencoder(
    plan: TrainingPlan, phantoms: PhantomSet, folder: Path, report: Report, device: torch.device
) -> AutoencoderKL:
    """Train from scratch or from the last checkpoint in `folder`."""
    vae = new_autoencoder(plan).to(device)
    optimizer = torch.optim.AdamW(vae.parameters(), lr=plan.vae_rate, weight_decay=1e-4)
    done = _restore(vae, optimizer, folder / "vae.state")
    vae.train()
    for step in range(done, plan.vae_steps):
        for group in optimizer.param_groups:
            group["lr"] = decayed_rate(plan.vae_rate, step, plan.vae_steps)
        loss = _step(plan, vae, optimizer, phantoms, step)
        report("autoencoder", step, loss)
        if (step + 1) % plan.save_every == 0 or step + 1 == plan.vae_steps:
            state = {"step": step + 1, "vae": vae.state_dict(), "optimizer": optimizer.state_dict()}
            save_state(folder / "vae.state", state)
    return vae.eval()


def _restore(vae: AutoencoderKL, optimizer: torch.optim.Optimizer, path: Path) -> int:
    state = load_state(path)
    if state is None:
        return 0
    vae.load_state_dict(state["vae"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def _step(
    plan: TrainingPlan, vae: AutoencoderKL, optimizer: torch.optim.Optimizer, phantoms: PhantomSet, step: int
) -> float:
    seed = step_seed(plan.seed, 1, step)
    batch = _batch(plan, phantoms, step, np.random.default_rng(seed)).to(vae.device)
    with torch.autocast(vae.device.type, torch.bfloat16):
        posterior = vae.encode(batch).latent_dist
        latents = posterior.sample(generator=torch.Generator().manual_seed(seed))
        drawn = vae.decode(latents).sample
    loss = difference(drawn.float(), batch) + KL_WEIGHT * divergence(posterior.mean.float(), posterior.logvar.float())
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
    optimizer.step()
    return float(loss.detach())


def _batch(plan: TrainingPlan, phantoms: PhantomSet, step: int, rng: np.random.Generator) -> torch.Tensor:
    """Crops at first; whole pictures at the end, fewer at a time, since normalisation sees the whole then."""
    whole = step >= WHOLE_PICTURES_FROM * plan.vae_steps
    side = plan.image_size if whole else min(CROP, plan.image_size)
    count = max(1, plan.vae_batch * min(CROP, plan.image_size) ** 2 // side**2)
    picked = rng.integers(len(phantoms.images), size=count)
    corners = rng.integers(plan.image_size - side + 1, size=(count, 2))
    crops = [phantoms.images[n, y : y + side, x : x + side] for n, (y, x) in zip(picked, corners, strict=True)]
    return as_tensor(np.stack(crops))


def difference(drawn: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Absolute error of grey levels and of their horizontal and vertical steps, which keeps edges sharp."""
    error = drawn - truth
    across, down = error.diff(dim=3).abs().mean(), error.diff(dim=2).abs().mean()
    return error.abs().mean() + 0.5 * (across + down)


def divergence(mean: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
    """Kullback-Leibler divergence from the unit normal, per latent value (Kingma & Welling 2013, appendix B)."""
    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()


def cached_latents(vae: AutoencoderKL, phantoms: PhantomSet, folder: Path) -> torch.Tensor:
    """Latents of all pictures, scaled to unit spread, made once; the scale goes into the autoencoder's settings."""
    path = folder / "latents.state"
    state = load_state(path)
    if state is None:
        latents = _encoded(vae, phantoms.images)
        state = {"latents": latents, "scale": 1 / float(latents.std())}
        save_state(path, state)
    vae.register_to_config(scaling_factor=state["scale"])
    scaled: torch.Tensor = state["latents"] * state["scale"]
    return scaled


@torch.no_grad()
def _encoded(vae: AutoencoderKL, images: np.ndarray) -> torch.Tensor:
    parts = []
    for start in range(0, len(images), 16):
        batch = as_tensor(images[start : start + 16]).to(vae.device)
        with torch.autocast(vae.device.type, torch.bfloat16):
            parts.append(vae.encode(batch).latent_dist.mean.float().cpu())
    return torch.cat(parts)
