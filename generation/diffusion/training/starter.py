"""Trains the starter model from nothing and writes it as a folder that diffusers loads."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from transformers import CLIPTokenizer

from generation.diffusion.training.autoencoder import Report, cached_latents, train_autoencoder
from generation.diffusion.training.captions import caption_words
from generation.diffusion.training.denoiser import Denoiser, Examples, load_denoiser, train_denoiser
from generation.diffusion.training.phantom_set import phantom_set
from generation.diffusion.training.places import finding_weights, structure_shares
from generation.diffusion.training.plan import TrainingPlan
from generation.diffusion.training.text_reader import train_text_encoder
from generation.diffusion.training.vocabulary import write_tokenizer

CPU = torch.device("cpu")


def device_here() -> torch.device:
    """The graphics card where there is one."""
    return torch.device("cuda") if torch.cuda.is_available() else CPU


def train_starter(*, plan: TrainingPlan, out: Path, work: Path, report: Report, device: torch.device = CPU) -> None:
    """Draw phantoms, train the three networks one after the other, write the model to `out`.

    Everything needed to go on after a kill lies in `work`: call again with the same plan and folder.
    """
    work.mkdir(parents=True, exist_ok=True)
    phantoms = phantom_set(plan, work)
    tokenizer = _tokenizer(plan, work)
    vae = train_autoencoder(plan, phantoms, work, report, device)
    latents = cached_latents(vae, phantoms, work)
    weights, structures = finding_weights(plan, phantoms, work), structure_shares(plan, phantoms, work)
    examples = Examples(latents, weights, structures, phantoms.captions)
    text_encoder = train_text_encoder(plan, phantoms.captions, tokenizer, work, report, device)
    denoiser = train_denoiser(plan, examples, text_encoder, tokenizer, work, report)
    write_model(out, vae, denoiser)


def write_snapshot(*, plan: TrainingPlan, out: Path, work: Path) -> None:
    """Write the model as the checkpoints in `work` have it, while training goes on; takes nothing of its card.

    Raises
    ------
    ValueError
        If the autoencoder or the text encoder is not fully trained yet, or the denoiser not at all.
    """
    phantoms, tokenizer = phantom_set(plan, work), _tokenizer(plan, work)
    vae = train_autoencoder(plan, phantoms, work, _refuse_to_train, CPU)
    cached_latents(vae, phantoms, work)
    text_encoder = train_text_encoder(plan, phantoms.captions, tokenizer, work, _refuse_to_train, CPU)
    write_model(out, vae, load_denoiser(plan, text_encoder, tokenizer, work))


def _refuse_to_train(phase: str, step: int, loss: float) -> None:
    raise ValueError(f"The {phase} is only at step {step} (loss {loss:.3f}); wait until it is trained.")


def _tokenizer(plan: TrainingPlan, work: Path) -> CLIPTokenizer:
    folder = work / "tokenizer"
    write_tokenizer(folder, caption_words(), plan.prompt_tokens)
    return CLIPTokenizer.from_pretrained(folder)


def write_model(out: Path, vae: AutoencoderKL, denoiser: Denoiser) -> None:
    """Save in half precision, as safetensors only; computing stays in single precision."""
    pipeline = StableDiffusionPipeline(
        vae=vae,
        text_encoder=denoiser.text_encoder,
        tokenizer=denoiser.tokenizer,
        unet=denoiser.unet.to(memory_format=torch.contiguous_format),
        scheduler=denoiser.scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.to(torch.float16)
    pipeline.save_pretrained(out, safe_serialization=True)
