"""The starter model's networks, untrained, in the shape of Stable Diffusion but small and grey."""

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from generation.diffusion.training.plan import TrainingPlan


def new_autoencoder(plan: TrainingPlan) -> AutoencoderKL:
    """One grey channel in and out; no attention, so that it can learn from crops."""
    torch.manual_seed(plan.seed)
    depth = len(plan.vae_channels)
    return AutoencoderKL(
        in_channels=1,
        out_channels=1,
        block_out_channels=plan.vae_channels,
        down_block_types=("DownEncoderBlock2D",) * depth,
        up_block_types=("UpDecoderBlock2D",) * depth,
        layers_per_block=1,
        latent_channels=plan.latent_channels,
        norm_num_groups=8,
        sample_size=plan.image_size,
        mid_block_add_attention=False,
    )


def new_unet(plan: TrainingPlan) -> UNet2DConditionModel:
    """It looks at the prompt at every resolution, the finest included, so that words can be traced to places."""
    depth = len(plan.unet_channels)
    torch.manual_seed(plan.seed + 1)
    return UNet2DConditionModel(
        sample_size=plan.latent_size,
        in_channels=plan.latent_channels,
        out_channels=plan.latent_channels,
        block_out_channels=plan.unet_channels,
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D",) * depth,
        up_block_types=("CrossAttnUpBlock2D",) * depth,
        cross_attention_dim=plan.text_width,
        attention_head_dim=plan.unet_heads,
        norm_num_groups=8,
    )


def new_text_encoder(plan: TrainingPlan, vocabulary: int) -> CLIPTextModel:
    """A short CLIP text encoder."""
    torch.manual_seed(plan.seed + 2)
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=plan.text_width,
        intermediate_size=4 * plan.text_width,
        projection_dim=plan.text_width,
        num_hidden_layers=plan.text_layers,
        num_attention_heads=4,
        max_position_embeddings=plan.prompt_tokens,
        bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1,
        pad_token_id=vocabulary - 1,
    )
    return CLIPTextModel(config)


def new_scheduler() -> DDIMScheduler:
    """Stable Diffusion's noise schedule, brought to zero signal at its end (Lin et al. 2023, arXiv:2305.08891)."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        steps_offset=1,
        clip_sample=False,
    )
