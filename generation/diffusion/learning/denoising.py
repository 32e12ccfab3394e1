"""What all denoisers in training share: a batch's loss, the held-out loss, captions read once where they can be."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray

from generation.diffusion.learning.examples import Examples, batch_at
from generation.diffusion.learning.noise import error_weights, target_of, training_scheduler
from generation.diffusion.learning.plan import EMBEDDING, LearningPlan
from generation.diffusion.learning.precision import computed_in
from generation.diffusion.learning.rates import share_of_rate
from generation.diffusion.learning.samples import readable
from generation.diffusion.material import NOTHING, Material
from generation.diffusion.reading import read
from generation.diffusion.recipe import Adapter, Recipe, family
from generation.diffusion.sampling import sample

HELD_OUT_AT_MOST = 32
HELD_OUT_TIMES = (100, 300, 500, 700, 900)
DRAWING_STEPS, DRAWING_GUIDANCE = 20, 3.0
MOST_READ = 512


class Denoising:
    """A pipeline that learns from latents; what of it learns is said by those built on this."""

    decay = 0.0
    reading_learns = False

    def __init__(
        self, pipeline: StableDiffusionPipeline, plan: LearningPlan, shown: Examples, held_out: Examples
    ) -> None:
        self.pipeline, self.plan, self.shown, self.held_out = pipeline, plan, shown, held_out
        self.scheduler = training_scheduler(pipeline)
        self._read: dict[str, torch.Tensor] = {}
        if plan.spare_memory:
            pipeline.unet.enable_gradient_checkpointing()

    @property
    def device(self) -> torch.device:
        """Where the denoiser computes."""
        device: torch.device = next(self.pipeline.unet.parameters()).device
        return device

    def averaged(self) -> Sequence[str]:
        """A running average of few numbers, or of a LoRA, gains nothing."""
        return ()

    def phase(self, step: int) -> str:  # noqa: ARG002 - other subjects have several
        """One phase only."""
        return "denoiser"

    def rate(self, step: int) -> float:
        """By the plan's schedule."""
        return self.plan.rate * share_of_rate(self.plan.schedule, step, self.plan.steps, self.plan.warmup)

    def loss(self, step: int, part: int, seed: int) -> torch.Tensor:
        """The weighted squared error of the prediction on one batch."""
        plan, examples = self.plan, self.shown
        places = batch_at(step * plan.accumulate + part, plan.batch, len(examples.latents), plan.seed)
        source = torch.Generator().manual_seed(seed)
        versions = torch.randint(examples.latents.shape[1], (plan.batch,), generator=source)
        dropped = torch.rand(plan.batch, generator=source) < plan.caption_dropout
        clean = examples.latents[torch.tensor(places), versions]
        noise = torch.randn(clean.shape, generator=source)
        times = torch.randint(self.scheduler.config.num_train_timesteps, (plan.batch,), generator=source)
        captions = ["" if drop else examples.captions[at] for at, drop in zip(places, dropped.tolist(), strict=True)]
        return self.error(clean, noise, times, captions)

    def error(
        self, clean: torch.Tensor, noise: torch.Tensor, times: torch.Tensor, captions: Sequence[str]
    ) -> torch.Tensor:
        """Mean over a batch of squared errors, each under its weight."""
        clean, noise, times = (one.to(self.device) for one in (clean, noise, times))
        noisy = self.scheduler.add_noise(clean, noise, times)
        target = target_of(self.scheduler, clean, noise, times)
        with computed_in(self.plan.precision, self.device):
            predicted = self.pipeline.unet(noisy, times, self.conditions(captions)).sample
        errors = (predicted.float() - target).square().mean(dim=(1, 2, 3))
        weights = error_weights(self.scheduler, times, self.plan.snr_limit).to(self.device)
        mean: torch.Tensor = (errors * weights).mean()
        return mean

    def conditions(self, captions: Sequence[str]) -> torch.Tensor:
        """What the denoiser is told: each different caption is read once, by itself."""
        unique = list(dict.fromkeys(captions))
        states = self.read(unique) if self.reading_learns else torch.cat([self._read_once(one) for one in unique])
        return states[[unique.index(caption) for caption in captions]]

    def read(self, captions: Sequence[str]) -> torch.Tensor:
        """By the model's text encoder as it is."""
        return read(self.pipeline, captions, {})

    @torch.no_grad()
    def _read_once(self, caption: str) -> torch.Tensor:
        if caption not in self._read:
            if len(self._read) >= MOST_READ:
                self._read.clear()
            self._read[caption] = self.read([caption])
        return self._read[caption]

    @torch.no_grad()
    def held_out_loss(self, step: int) -> float | None:  # noqa: ARG002 - other subjects have several phases
        """The same loss over images that were never learned from, one by one at the same noise levels each time."""
        if not len(self.held_out.latents):
            return None
        losses = []
        for place, clean in enumerate(self.held_out.latents[:HELD_OUT_AT_MOST, 0]):
            source = torch.Generator().manual_seed(place)
            times = torch.tensor(HELD_OUT_TIMES)
            noise = torch.randn((len(times), *clean.shape), generator=source)
            captions = [self.held_out.captions[place]] * len(times)
            losses.append(float(self.error(clean.expand_as(noise), noise, times, captions)))
        return sum(losses) / len(losses)

    def readable(self, prompt: str) -> str:
        """Without what the model would not read of it, an embedding's word as long as its vectors."""
        vectors = {self.plan.word: self.plan.vectors} if self.plan.kind == EMBEDDING else {}
        return readable(self.pipeline, prompt, vectors)

    def drawn(self, prompt: str, count: int) -> list[NDArray[np.uint8]]:
        """Drawn as anybody would draw with it."""
        return self.draw(prompt, count, (), NOTHING)

    def draw(self, prompt: str, count: int, adapters: Sequence[Adapter], given: Material) -> list[NDArray[np.uint8]]:
        """Seeds from 0, with these adapters."""
        first = Recipe(
            model="in training", weights_sha256="", prompt=prompt, negative_prompt="", seed=0, steps=DRAWING_STEPS,
            guidance=DRAWING_GUIDANCE, scheduler="ddim", width=self.plan.size, height=self.plan.size,
            batch_shape=min(count, 4), adapters=tuple(adapters),
        )  # fmt: skip
        return sample(self.pipeline, family(first, count), lambda _: None, given)

    def learned(self) -> Mapping[str, torch.nn.Parameter]:
        """Said by those built on this."""
        raise NotImplementedError

    def export(self, target: Path, card: Mapping[str, str]) -> None:
        """Said by those built on this."""
        raise NotImplementedError


def frozen(*nets: Any) -> None:
    """Nothing of these learns."""
    for net in nets:
        net.requires_grad_(False)
