"""Random-weight models of Stable Diffusion's shapes, small enough to draw with in a test."""

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.diffusion.training.captions import caption_words
from generation.diffusion.training.vocabulary import write_tokenizer

MAX_TOKENS = 24


def tiny_unet(latent_channels: int, **shape: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=8,
        in_channels=latent_channels,
        out_channels=latent_channels,
        block_out_channels=(8, 16, 16, 16),
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        cross_attention_dim=16,
        norm_num_groups=4,
        **shape,
    )


def tiny_vae(channels: int) -> AutoencoderKL:
    return AutoencoderKL(
        in_channels=channels,
        out_channels=channels,
        block_out_channels=(4, 4, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=2,
        sample_size=64,
    )


def tiny_text_encoder(vocabulary: int, tokens: int = MAX_TOKENS) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary,
            hidden_size=16,
            intermediate_size=32,
            projection_dim=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=tokens,
            bos_token_id=vocabulary - 2,
            eos_token_id=vocabulary - 1,
            pad_token_id=vocabulary - 1,
        )
    )


def save_tiny(folder: Path, *, version: str = "1.5", channels: int = 3, tokens: int = MAX_TOKENS) -> Path:
    """A model of version 1.5 (epsilon, PNDM) or 2.1 (velocity, DDIM, linear projections), in safetensors."""
    torch.manual_seed(0)
    vocabulary = write_tokenizer(folder.with_name(folder.name + ".words"), caption_words(), tokens)
    noise = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}
    if version == "1.5":
        unet, scheduler = tiny_unet(4, attention_head_dim=2), PNDMScheduler(skip_prk_steps=True, **noise)
    else:
        unet = tiny_unet(4, attention_head_dim=(1, 2, 2, 2), use_linear_projection=True)
        scheduler = DDIMScheduler(prediction_type="v_prediction", clip_sample=False, **noise)
    StableDiffusionPipeline(
        vae=tiny_vae(channels),
        unet=unet,
        text_encoder=tiny_text_encoder(vocabulary, tokens),
        tokenizer=CLIPTokenizer.from_pretrained(folder.with_name(folder.name + ".words")),
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder
