"""Two phases in one training: the autoencoder learns, then the denoiser learns the latents that it makes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray

from generation.diffusion.learning.denoising import Denoising
from generation.diffusion.learning.examples import Examples, ImageSet, batch_at
from generation.diffusion.learning.fine_tuning import made_to_learn, write_model
from generation.diffusion.learning.latents import encoded
from generation.diffusion.learning.pictures import unit_tensor, variant
from generation.diffusion.learning.plan import LearningPlan
from generation.diffusion.learning.precision import computed_in
from generation.diffusion.learning.rates import share_of_rate
from generation.diffusion.training.autoencoder import KL_WEIGHT, difference, divergence

AUTOENCODER, DENOISER = "autoencoder", "denoiser"


def no_examples() -> Examples:
    """Before the autoencoder has learned there are no latents."""
    return Examples(torch.zeros(0), [])


class AutoencoderFirst(Denoising):
    """Both phases are one training, so that a kill in either is gone on from alike."""

    decay = 1e-3

    def __init__(self, pipeline: StableDiffusionPipeline, plan: LearningPlan, images: ImageSet) -> None:
        super().__init__(pipeline, plan, no_examples(), no_examples())
        self.images = images
        pipeline.vae.requires_grad_(True).train()
        if plan.spare_memory:
            pipeline.vae.enable_gradient_checkpointing()

    def learned(self) -> Mapping[str, torch.nn.Parameter]:
        """By part and name; the autoencoder is left alone once the denoiser learns."""
        parts = {"vae": self.pipeline.vae, "unet": self.pipeline.unet}
        if self.reading_learns:
            parts["text_encoder"] = self.pipeline.text_encoder
        return {f"{part}.{name}": value for part, net in parts.items() for name, value in net.named_parameters()}

    def averaged(self) -> list[str]:
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
        self.make_latents()
        return super().loss(step, part, seed)

    def held_out_loss(self, step: int) -> float | None:
        """Of the phase that the step is in."""
        pictures = self.images.held_out.pictures
        if not len(pictures):
            return None
        if step <= self.plan.autoencoder_steps:
            with torch.no_grad():
                return float(self._difference(self._as_tensor(pictures[:8]), None))
        self.make_latents()
        return super().held_out_loss(step)

    def drawn(self, prompt: str, count: int) -> list[NDArray[np.uint8]]:
        """Before the autoencoder is there, its own copies of images: what it can draw at best."""
        if len(self.shown.latents):
            return super().drawn(prompt, count)
        pictures = np.resize(self.images.shown.pictures, (count, self.plan.size, self.plan.size))
        with torch.no_grad():
            vae = self.pipeline.vae
            copies = vae.decode(vae.encode(self._as_tensor(pictures).to(self.device)).latent_dist.mean).sample
        grey = (copies.mean(dim=1).float().cpu().clamp(-1, 1) + 1) * 127.5
        return list(grey.round().numpy().astype(np.uint8))

    def export(self, target: Path, card: Mapping[str, str]) -> None:
        """A folder of Stable Diffusion's shape, with its card."""
        self.make_latents()  # their scale may be part of the model
        write_model(self.pipeline, target, card)

    @torch.no_grad()
    def make_latents(self) -> None:
        """Once, with the autoencoder as it is at the end of its phase."""
        if len(self.shown.latents):
            return
        vae, plan, images = self.pipeline.vae, self.plan, self.images
        vae.eval().requires_grad_(False)
        self.shown = Examples(self.shown_latents(), images.shown.captions)
        if images.held_out.captions:
            self.held_out = Examples(encoded(vae, images.held_out.pictures, 1, plan.seed), images.held_out.captions)

    def shown_latents(self) -> torch.Tensor:
        """At the model's own scale, which its denoiser knows."""
        return encoded(self.pipeline.vae, self.images.shown.pictures, self.plan.variants, self.plan.seed)

    def _as_tensor(self, pictures: NDArray[np.uint8]) -> torch.Tensor:
        return unit_tensor(pictures, self.pipeline.vae.config.in_channels)

    def _reconstruction(self, step: int, part: int, seed: int) -> torch.Tensor:
        plan, pictures = self.plan, self.images.shown.pictures
        places = batch_at(step * plan.accumulate + part, plan.batch, len(pictures), plan.seed)
        number = int(np.random.default_rng(seed).integers(plan.variants))
        return self._difference(variant(self._as_tensor(pictures[places]), number, step, plan.seed), seed)

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


class WholeModelSubject(AutoencoderFirst):
    """A model is fine-tuned as a whole: for images that its own autoencoder cannot show well."""

    def __init__(self, pipeline: StableDiffusionPipeline, plan: LearningPlan, images: ImageSet) -> None:
        self.reading_learns = made_to_learn(pipeline, plan)
        super().__init__(pipeline, plan, images)
