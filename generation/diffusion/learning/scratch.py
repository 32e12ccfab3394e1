"""From scratch: an autoencoder learns first, then a denoiser and a text encoder together, on these images alone.

The nets are those of the starter model: of Stable Diffusion's shape, but small and grey.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from numpy.typing import NDArray
from transformers import CLIPTokenizer

from generation.diffusion.learning.denoising import Denoising
from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.examples import Examples, ImageSet, batch_at
from generation.diffusion.learning.fine_tuning import write_model
from generation.diffusion.learning.latents import encoded
from generation.diffusion.learning.pictures import unit_tensor, variant
from generation.diffusion.learning.plan import LearningPlan
from generation.diffusion.learning.precision import computed_in
from generation.diffusion.learning.rates import share_of_rate
from generation.diffusion.training.autoencoder import KL_WEIGHT, difference, divergence
from generation.diffusion.training.networks import new_autoencoder, new_scheduler, new_text_encoder, new_unet
from generation.diffusion.training.plan import TrainingPlan
from generation.diffusion.training.vocabulary import write_tokenizer

MOST_WORDS = 1000
AUTOENCODER, DENOISER = "autoencoder", "denoiser"


class ScratchSubject(Denoising):
    """Two phases in one training, so that a kill in either is gone on from alike."""

    decay = 1e-3
    reading_learns = True

    def __init__(self, plan: LearningPlan, images: ImageSet) -> None:
        none = Examples(torch.zeros(0), [])
        super().__init__(new_pipeline(plan, images.shown.captions), plan, none, none)
        self.images = images
        for net in (self.pipeline.vae, self.pipeline.unet, self.pipeline.text_encoder):
            net.to("cuda" if torch.cuda.is_available() else "cpu").train()

    def learned(self) -> Mapping[str, torch.nn.Parameter]:
        """By part and name; the autoencoder is left alone once the denoiser learns."""
        parts = {"vae": self.pipeline.vae, "unet": self.pipeline.unet, "text_encoder": self.pipeline.text_encoder}
        return {f"{part}.{name}": value for part, net in parts.items() for name, value in net.named_parameters()}

    def averaged(self) -> Sequence[str]:
        """Latents must fit the very autoencoder that made them, so it has no average."""
        return [name for name in self.learned() if not name.startswith("vae.")]

    def phase(self, step: int) -> str:
        """The autoencoder first."""
        return AUTOENCODER if step < self.plan.autoencoder_steps else DENOISER

    def rate(self, step: int) -> float:
        """Each phase has its own rate, which rises and falls."""
        plan, first = self.plan, self.plan.autoencoder_steps
        if step < first:
            return plan.autoencoder_rate * share_of_rate(plan.schedule, step, first, min(plan.warmup, first // 4))
        return plan.rate * share_of_rate(plan.schedule, step - first, plan.steps, plan.warmup)

    def loss(self, step: int, part: int, seed: int) -> torch.Tensor:
        """Of the phase that the step is in."""
        if self.phase(step) == AUTOENCODER:
            return self._reconstruction(step, part, seed)
        self._make_latents()
        return super().loss(step, part, seed)

    def held_out_loss(self, step: int) -> float | None:
        """Of the phase that the step is in."""
        pictures = self.images.held_out.pictures
        if not len(pictures):
            return None
        if step <= self.plan.autoencoder_steps:
            with torch.no_grad():
                return float(self._difference(unit_tensor(pictures[:8], 1), None))
        self._make_latents()
        return super().held_out_loss(step)

    def drawn(self, prompt: str, count: int) -> list[NDArray[np.uint8]]:
        """Before the autoencoder is there, its own copies of images: what it can draw at best."""
        if len(self.shown.latents):
            return super().drawn(prompt, count)
        pictures = np.resize(self.images.shown.pictures, (count, self.plan.size, self.plan.size))
        with torch.no_grad():
            vae = self.pipeline.vae
            copies = vae.decode(vae.encode(unit_tensor(pictures, 1).to(self.device)).latent_dist.mean).sample
        grey = (copies[:, 0].float().cpu().clamp(-1, 1) + 1) * 127.5
        return list(grey.round().numpy().astype(np.uint8))

    def export(self, target: Path, card: Mapping[str, str]) -> None:
        """A folder of Stable Diffusion's shape, with its card."""
        self._make_latents()  # the scale of latents is part of the model
        write_model(self.pipeline, target, card)

    def _reconstruction(self, step: int, part: int, seed: int) -> torch.Tensor:
        plan, pictures = self.plan, self.images.shown.pictures
        places = batch_at(step * plan.accumulate + part, plan.batch, len(pictures), plan.seed)
        number = int(np.random.default_rng(seed).integers(plan.variants))
        plain = unit_tensor(pictures[places], 1)
        return self._difference(variant(plain, number, step, plan.seed), seed)

    def _difference(self, pictures: torch.Tensor, seed: int | None) -> torch.Tensor:
        """How far the autoencoder's copy is from the picture; without a seed nothing is left to chance."""
        vae, pictures = self.pipeline.vae, pictures.to(self.device)
        with computed_in(self.plan.precision, self.device):
            found = vae.encode(pictures).latent_dist
            source = torch.Generator().manual_seed(seed or 0)
            noise = torch.randn(found.mean.shape, generator=source).to(found.mean) * (seed is not None)
            copied = vae.decode(found.mean + found.std * noise).sample
        spread = divergence(found.mean.float(), found.logvar.float())
        total: torch.Tensor = difference(copied.float(), pictures) + KL_WEIGHT * spread
        return total

    @torch.no_grad()
    def _make_latents(self) -> None:
        """Once, with the autoencoder as it is at the end of its phase; the scale makes their spread 1."""
        if len(self.shown.latents):
            return
        vae, plan, images = self.pipeline.vae, self.plan, self.images
        vae.eval().requires_grad_(False)
        vae.register_to_config(scaling_factor=1.0)
        plain = encoded(vae, images.shown.pictures, plan.variants, plan.seed)
        scale = 1 / max(float(plain.std()), 1e-6)
        vae.register_to_config(scaling_factor=scale)
        self.shown = Examples(plain * scale, images.shown.captions)
        if images.held_out.captions:
            self.held_out = Examples(encoded(vae, images.held_out.pictures, 1, plan.seed), images.held_out.captions)


def shape_of(plan: LearningPlan) -> TrainingPlan:
    """The starter's nets at this size and width."""
    return TrainingPlan(seed=plan.seed, image_size=plan.size, unet_channels=(plan.width, 2 * plan.width))


def new_pipeline(plan: LearningPlan, captions: Sequence[str]) -> StableDiffusionPipeline:
    """Untrained nets, and a tokenizer that knows the captions' words."""
    if plan.size % 16 or plan.width % 16:
        raise LearningError("A model from scratch needs a size and a width that are multiples of 16; change these.")
    shape = shape_of(plan)
    with torch.random.fork_rng(), TemporaryDirectory() as folder:
        write_tokenizer(Path(folder), words_of(captions), shape.prompt_tokens)
        tokenizer = CLIPTokenizer.from_pretrained(folder)
        return StableDiffusionPipeline(
            vae=new_autoencoder(shape),
            unet=new_unet(shape),
            text_encoder=new_text_encoder(shape, len(tokenizer)),
            tokenizer=tokenizer,
            scheduler=scheduler_of(plan),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )


def scheduler_of(plan: LearningPlan) -> Any:
    """The starter's noise levels; noise cannot be predicted where there is nothing else, so these stop before that."""
    if plan.prediction == "v_prediction":
        return new_scheduler()
    return DDIMScheduler.from_config(
        new_scheduler().config, prediction_type="epsilon", rescale_betas_zero_snr=False, timestep_spacing="leading"
    )


def words_of(captions: Sequence[str]) -> list[str]:
    """The captions' commonest words; rarer ones are read in pieces."""
    counts = Counter(word for caption in captions for word in re.findall(r"[a-z]+|[^a-z\s]", caption.lower()))
    return sorted(word for word, _ in counts.most_common(MOST_WORDS))
