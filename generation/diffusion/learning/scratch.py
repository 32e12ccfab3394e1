"""From scratch: an autoencoder learns first, then a denoiser and a text encoder together, on these images alone.

The nets are those of the starter model: of Stable Diffusion's shape, but small and grey.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from transformers import CLIPTokenizer

from generation.diffusion.learning.autoencoder_first import AutoencoderFirst
from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.examples import ImageSet
from generation.diffusion.learning.plan import LearningPlan
from generation.diffusion.training.networks import new_autoencoder, new_scheduler, new_text_encoder, new_unet
from generation.diffusion.training.plan import TrainingPlan
from generation.diffusion.training.vocabulary import write_tokenizer

MOST_WORDS = 1000


class ScratchSubject(AutoencoderFirst):
    """New nets on the machine's device; the text encoder learns with the denoiser."""

    reading_learns = True

    def __init__(self, plan: LearningPlan, images: ImageSet) -> None:
        super().__init__(new_pipeline(plan, images.shown.captions), plan, images)
        for net in (self.pipeline.vae, self.pipeline.unet, self.pipeline.text_encoder):
            net.to("cuda" if torch.cuda.is_available() else "cpu").train()

    def shown_latents(self) -> torch.Tensor:
        """The scale that makes their spread 1 becomes the model's."""
        vae = self.pipeline.vae
        vae.register_to_config(scaling_factor=1.0)
        plain = super().shown_latents()
        scale = 1 / max(float(plain.std()), 1e-6)
        vae.register_to_config(scaling_factor=scale)
        return plain * scale


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
