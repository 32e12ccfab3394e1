"""Nets of Stable Diffusion's shape with random weights, as wide as is asked: they cost what trained ones cost."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from generation.diffusion.training.captions import caption_words
from generation.diffusion.training.vocabulary import write_tokenizer

TOKENS = 77
# Of CLIP ViT-L, whose text encoder Stable Diffusion 1 has.
TEXT_WIDTH = 768


def save_shaped(folder: Path, *, channels: tuple[int, int, int, int], attention_heads: int) -> Path:
    """Write the model folder; (320, 640, 1280, 1280) with 8 heads is Stable Diffusion 1.5's own denoiser."""
    torch.manual_seed(0)
    vocabulary = write_tokenizer(folder.with_name(f"{folder.name}.words"), caption_words(), TOKENS)
    unet = UNet2DConditionModel(
        sample_size=64, in_channels=4, out_channels=4, block_out_channels=channels, layers_per_block=2,
        cross_attention_dim=TEXT_WIDTH, attention_head_dim=attention_heads,
    )  # fmt: skip
    vae = AutoencoderKL(
        in_channels=3, out_channels=3, latent_channels=4, layers_per_block=2, sample_size=512,
        block_out_channels=tuple(max(32, width * 2 // 5) for width in channels),
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
    )  # fmt: skip
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary, hidden_size=TEXT_WIDTH, intermediate_size=4 * TEXT_WIDTH, num_hidden_layers=12,
            num_attention_heads=12, max_position_embeddings=TOKENS, bos_token_id=vocabulary - 2,
            eos_token_id=vocabulary - 1, pad_token_id=vocabulary - 1,
        )
    )  # fmt: skip
    StableDiffusionPipeline(
        vae=vae, unet=unet, text_encoder=text,
        tokenizer=CLIPTokenizer.from_pretrained(folder.with_name(f"{folder.name}.words")),
        scheduler=DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", clip_sample=False),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip
    return folder
