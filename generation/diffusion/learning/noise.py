"""The objective: noise put on latents, what is to be predicted of it, and how much each error counts."""

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline

from generation.diffusion.learning.errors import LearningError


def training_scheduler(pipeline: StableDiffusionPipeline) -> DDIMScheduler:
    """The model's own noise levels and prediction, whatever rule it draws with."""
    scheduler: DDIMScheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    if scheduler.config.prediction_type not in ("epsilon", "v_prediction"):
        raise LearningError(
            f"This model predicts “{scheduler.config.prediction_type}”; only models that predict noise (epsilon) or "
            "velocity (v_prediction) can be trained here. Choose another model."
        )
    return scheduler


def target_of(scheduler: DDIMScheduler, clean: torch.Tensor, noise: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
    """Noise (Ho et al. 2020, eq. 14) or velocity (Salimans & Ho 2022, section 4), as the model's settings say."""
    if scheduler.config.prediction_type == "epsilon":
        return noise
    velocity: torch.Tensor = scheduler.get_velocity(clean, noise, times)
    return velocity


def error_weights(scheduler: DDIMScheduler, times: torch.Tensor, limit: float) -> torch.Tensor:
    """Weights that let nearly clean pictures count less (Hang et al. 2023, arXiv:2303.09556, section 3.4).

    Of noise: min(SNR, limit) / SNR. Of velocity: min(SNR + 1, limit + 1) / (SNR + 1), the paper's with one added
    above and below, since its own gives pure noise, in which a picture's layout is decided, no weight at all.
    """
    signal = scheduler.alphas_cumprod[times.cpu()].double()
    if not limit:
        return torch.ones_like(signal).float()
    ratio = signal / (1 - signal)
    if scheduler.config.prediction_type == "v_prediction":
        ratio, limit = ratio + 1, limit + 1
    weights: torch.Tensor = limit / ratio.clamp(min=limit)
    return weights.float()
