"""Full fine-tuning: every weight of the denoiser learns, and of the text encoder where it is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline

from generation.diffusion.learning.denoising import Denoising, frozen
from generation.diffusion.learning.errors import LearningError
from generation.diffusion.learning.examples import Examples
from generation.diffusion.learning.plan import LearningPlan


class FineTuningSubject(Denoising):
    """A whole denoiser, with a running average that is what is kept."""

    decay = 1e-3

    def __init__(
        self, pipeline: StableDiffusionPipeline, plan: LearningPlan, shown: Examples, held_out: Examples
    ) -> None:
        frozen(pipeline.vae)
        self.reading_learns = made_to_learn(pipeline, plan)
        super().__init__(pipeline, plan, shown, held_out)

    def learned(self) -> Mapping[str, torch.nn.Parameter]:
        """By part and name."""
        parts = {"unet": self.pipeline.unet}
        if self.plan.text_encoder:
            parts["text_encoder"] = self.pipeline.text_encoder
        return {f"{part}.{name}": value for part, net in parts.items() for name, value in net.named_parameters()}

    def averaged(self) -> Sequence[str]:
        """All of it."""
        return list(self.learned())

    def export(self, target: Path, card: Mapping[str, str]) -> None:
        """A folder of Stable Diffusion's shape, in half precision safetensors, with its card."""
        write_model(self.pipeline, target, card)


def made_to_learn(pipeline: StableDiffusionPipeline, plan: LearningPlan) -> bool:
    """Let the denoiser learn, and the text encoder where it is asked for; says whether that one does."""
    frozen(pipeline.text_encoder)
    pipeline.unet.requires_grad_(True).train()
    if plan.text_encoder:
        pipeline.text_encoder.requires_grad_(True).train()
        if plan.spare_memory:
            pipeline.text_encoder.gradient_checkpointing_enable()
    return plan.text_encoder


def write_model(pipeline: StableDiffusionPipeline, target: Path, card: Mapping[str, str]) -> None:
    """The pipeline as a folder that can be registered. The pipeline is in half precision afterwards.

    Raises
    ------
    LearningError
        A weight is no number.
    """
    for part in (pipeline.unet, pipeline.vae, pipeline.text_encoder):
        if not all(bool(torch.isfinite(value).all()) for value in part.parameters()):
            raise LearningError("A weight of the model is no number; start again with a lower learning rate.")
    pipeline.to(torch.float16)
    pipeline.save_pretrained(target, safe_serialization=True)
    lines = [f"- {name}: {value}" for name, value in card.items() if value]
    text = f"# {card.get('name', 'A trained model')}\n\n" + "\n".join(lines)
    (target / "README.md").write_text(text + "\n", encoding="utf-8")
