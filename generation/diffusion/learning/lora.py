"""LoRA: small matrices beside the attention's own learn, its weights do not (Hu et al. 2021, arXiv:2106.09685)."""

from collections.abc import Mapping
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from peft import LoraConfig, get_peft_model_state_dict
from safetensors.torch import save_file

from generation.diffusion.learning.denoising import Denoising, frozen
from generation.diffusion.learning.examples import Examples
from generation.diffusion.learning.plan import LearningPlan

ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]


class LoraSubject(Denoising):
    """A LoRA of the denoiser's attention; drawing on the way sees it, since it is already in place."""

    def __init__(
        self, pipeline: StableDiffusionPipeline, plan: LearningPlan, shown: Examples, held_out: Examples
    ) -> None:
        frozen(pipeline.unet, pipeline.vae, pipeline.text_encoder)
        with torch.random.fork_rng():
            torch.manual_seed(plan.seed)
            pipeline.unet.add_adapter(LoraConfig(r=plan.rank, lora_alpha=plan.alpha, target_modules=ATTENTION))
        super().__init__(pipeline, plan, shown, held_out)

    def learned(self) -> Mapping[str, torch.nn.Parameter]:
        """The small matrices."""
        return {name: value for name, value in self.pipeline.unet.named_parameters() if value.requires_grad}

    def export(self, target: Path, card: Mapping[str, str]) -> None:
        """As diffusers writes it, with alpha / rank multiplied in: a reader that knows no alpha draws the same."""
        factor = self.plan.alpha / self.plan.rank
        state = get_peft_model_state_dict(self.pipeline.unet)
        scaled = {name: value * factor if ".lora_B." in name else value for name, value in state.items()}
        tensors = {f"unet.{name}": value.detach().float().cpu().contiguous() for name, value in scaled.items()}
        save_file(tensors, target, metadata=dict(card))
