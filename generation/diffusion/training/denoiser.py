"""Trains the denoiser on cached latents; the text encoder can read by then and stays as it is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer

from generation.diffusion.training.autoencoder import Report, decayed_rate
from generation.diffusion.training.captions import CaptionParts, reworded
from generation.diffusion.training.checkpoint import load_state, save_state, step_seed
from generation.diffusion.training.grounding import ground, grounding_loss, word_shares
from generation.diffusion.training.networks import new_scheduler, new_unet
from generation.diffusion.training.plan import TrainingPlan

EMA_DECAY = 0.9995


@dataclass(frozen=True)
class Examples:
    """What the denoiser learns from: latents, weights of their cells, where structures are, and the words for each."""

    latents: torch.Tensor
    weights: torch.Tensor
    structures: torch.Tensor
    captions: list[CaptionParts]


@dataclass
class Denoiser:
    """The network in training and its running average, which is what is kept; and what reads captions to it."""

    unet: UNet2DConditionModel
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    scheduler: DDIMScheduler
    average: dict[str, torch.Tensor]


def train_denoiser(
    plan: TrainingPlan,
    examples: Examples,
    text_encoder: CLIPTextModel,
    tokenizer: CLIPTokenizer,
    folder: Path,
    report: Report,
) -> Denoiser:
    """Train from scratch or from the last checkpoint in `folder`; returns the running averages as weights."""
    denoiser = _new_denoiser(plan, text_encoder, tokenizer)
    optimizer = torch.optim.AdamW(denoiser.unet.parameters(), lr=plan.unet_rate, weight_decay=1e-3)
    done = _restore(denoiser, optimizer, folder / "unet.state")
    for step in range(done, plan.unet_steps):
        for group in optimizer.param_groups:
            group["lr"] = decayed_rate(plan.unet_rate, step, plan.unet_steps)
        loss = _step(plan, denoiser, optimizer, examples, step)
        report("denoiser", step, loss)
        if (step + 1) % plan.save_every == 0 or step + 1 == plan.unet_steps:
            save_state(folder / "unet.state", _state(denoiser, optimizer, step + 1))
    return averaged(denoiser)


def averaged(denoiser: Denoiser) -> Denoiser:
    """Put the running averages in place of the last step's weights."""
    with torch.no_grad():
        for name, parameter in denoiser.unet.named_parameters():
            parameter.copy_(denoiser.average[name])
    denoiser.unet.eval()
    return denoiser


def load_denoiser(plan: TrainingPlan, text_encoder: CLIPTextModel, tokenizer: CLIPTokenizer, folder: Path) -> Denoiser:
    """The denoiser as the last checkpoint has it, averaged; also while training goes on elsewhere.

    Raises
    ------
    ValueError
        If there is no checkpoint yet.
    """
    denoiser = _new_denoiser(plan, text_encoder, tokenizer)
    if not _restore(denoiser, torch.optim.AdamW(denoiser.unet.parameters()), folder / "unet.state"):
        raise ValueError(f"The denoiser has no checkpoint in {folder} yet; wait until it is trained.")
    return averaged(denoiser)


def _new_denoiser(plan: TrainingPlan, text_encoder: CLIPTextModel, tokenizer: CLIPTokenizer) -> Denoiser:
    unet = new_unet(plan).to(text_encoder.device, memory_format=torch.channels_last)
    ground(unet)
    average = {name: parameter.detach().clone() for name, parameter in unet.named_parameters()}
    return Denoiser(unet.train(), text_encoder, tokenizer, new_scheduler(), average)


def _state(denoiser: Denoiser, optimizer: torch.optim.Optimizer, step: int) -> dict[str, object]:
    return {
        "step": step,
        "unet": denoiser.unet.state_dict(),
        "average": denoiser.average,
        "optimizer": optimizer.state_dict(),
    }


def _restore(denoiser: Denoiser, optimizer: torch.optim.Optimizer, path: Path) -> int:
    state = load_state(path)
    if state is None:
        return 0
    denoiser.unet.load_state_dict(state["unet"])
    denoiser.average = {name: one.to(denoiser.unet.device) for name, one in state["average"].items()}
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def _step(
    plan: TrainingPlan,
    denoiser: Denoiser,
    optimizer: torch.optim.Optimizer,
    examples: Examples,
    step: int,
) -> float:
    """One step of v-prediction (Salimans & Ho 2022, section 4) on a random batch.

    All that is random is drawn on the processor, so that the batches are the same on every device.
    """
    seed, device = step_seed(plan.seed, 2, step), denoiser.unet.device
    rng, noise_source = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    picked = torch.from_numpy(rng.integers(len(examples.latents), size=plan.unet_batch))
    clean = examples.latents[picked]
    noise = torch.randn(clean.shape, generator=noise_source)
    times = torch.randint(0, 1000, (plan.unet_batch,), generator=noise_source)
    noisy = denoiser.scheduler.add_noise(clean, noise, times)
    target = denoiser.scheduler.get_velocity(clean, noise, times)
    words = [_training_caption(plan, examples.captions[n], rng) for n in picked.tolist()]
    with torch.autocast(device.type, torch.bfloat16):
        predicted = denoiser.unet(noisy.to(device), times.to(device), _embedded(denoiser, words)).sample
    squares = (predicted.float() - target.to(device)).square()
    errors = (squares * examples.weights[picked].to(device)).mean(dim=(1, 2, 3))
    loss = (errors * loss_weights(denoiser.scheduler, times, plan.snr_limit).to(device)).mean()
    named, structures = word_shares(denoiser.tokenizer, words).to(device), examples.structures[picked].to(device)
    loss = loss + plan.grounding_weight * grounding_loss(denoiser.unet, named, structures)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(denoiser.unet.parameters(), 1.0)
    optimizer.step()
    _follow(denoiser, step)
    return float(loss.detach())


def loss_weights(scheduler: DDIMScheduler, times: torch.Tensor, limit: float) -> torch.Tensor:
    """Weights of the velocity's error that let nearly clean pictures count less (Hang et al. 2023, arXiv:2303.09556).

    Their min(SNR, limit) / (SNR + 1) would give pure noise, which this schedule ends in, no weight at all, although a
    picture's layout is decided there; with SNR + 1 in both places it keeps weight 1.
    """
    signal = scheduler.alphas_cumprod[times]
    clean_over_all = 1 / (1 - signal)  # SNR + 1
    weights: torch.Tensor = (limit + 1) / clean_over_all.clamp(min=limit + 1)
    return weights


def _training_caption(plan: TrainingPlan, caption: CaptionParts, rng: np.random.Generator) -> str:
    """Mostly a wording of the caption; sometimes nothing, which guidance needs as its other end."""
    return "" if rng.random() < plan.caption_dropout else reworded(caption, rng)


@torch.no_grad()
def _embedded(denoiser: Denoiser, words: list[str]) -> torch.Tensor:
    length = denoiser.text_encoder.config.max_position_embeddings
    tokens = denoiser.tokenizer(words, padding="max_length", max_length=length, truncation=True, return_tensors="pt")
    embedded: torch.Tensor = denoiser.text_encoder(tokens.input_ids.to(denoiser.text_encoder.device)).last_hidden_state
    return embedded


@torch.no_grad()
def _follow(denoiser: Denoiser, step: int) -> None:
    """Move the running averages; quickly at first, while the weights still travel."""
    decay = min(EMA_DECAY, (step + 1) / (step + 10))
    for name, parameter in denoiser.unet.named_parameters():
        denoiser.average[name].lerp_(parameter, 1 - decay)
