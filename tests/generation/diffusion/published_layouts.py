"""Small models laid out as two published ones are: the same files and fields, few channels, random weights.

Stable Diffusion 1.5 as it was first published, and RoentGen-v2's form of Stable Diffusion 2.1-base.
"""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

from generation.diffusion.training.captions import caption_words
from generation.diffusion.training.vocabulary import END, START, write_tokenizer

Tensors = dict[str, torch.Tensor]
TOKENS = 77
DOWN = ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"]
UP = ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
UNET = {
    "_class_name": "UNet2DConditionModel", "act_fn": "silu", "block_out_channels": [8, 16, 16, 16],
    "center_input_sample": False, "cross_attention_dim": 16, "down_block_types": DOWN, "downsample_padding": 1,
    "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_scale_factor": 1,
    "norm_eps": 1e-05, "norm_num_groups": 4, "out_channels": 4, "sample_size": 8, "up_block_types": UP,
}  # fmt: skip
UNET_1 = {**UNET, "_diffusers_version": "0.6.0", "attention_head_dim": 8}
UNET_2 = {
    **UNET, "_diffusers_version": "0.27.2", "attention_head_dim": [1, 2, 4, 4], "dual_cross_attention": False,
    "num_class_embeds": None, "only_cross_attention": False, "use_linear_projection": True, "upcast_attention": None,
}  # fmt: skip
VAE = {
    "_class_name": "AutoencoderKL", "_diffusers_version": "0.6.0", "act_fn": "silu", "block_out_channels": [4, 4, 8, 8],
    "down_block_types": ["DownEncoderBlock2D"] * 4, "in_channels": 3, "latent_channels": 4, "layers_per_block": 2,
    "norm_num_groups": 2, "out_channels": 3, "sample_size": 64, "up_block_types": ["UpDecoderBlock2D"] * 4,
}  # fmt: skip
TEXT = {
    "architectures": ["CLIPTextModel"], "attention_dropout": 0.0, "bos_token_id": 0, "dropout": 0.0, "eos_token_id": 2,
    "hidden_size": 16, "initializer_factor": 1.0, "initializer_range": 0.02, "intermediate_size": 64,
    "layer_norm_eps": 1e-05, "max_position_embeddings": TOKENS, "model_type": "clip_text_model",
    "num_attention_heads": 2, "pad_token_id": 1, "torch_dtype": "float32",
}  # fmt: skip
TEXT_1 = {**TEXT, "hidden_act": "quick_gelu", "num_hidden_layers": 2, "projection_dim": 16}
# The second version's text encoder is the wider one without its last layer, so its number is odd.
TEXT_2 = {**TEXT, "hidden_act": "gelu", "num_hidden_layers": 3, "projection_dim": 8}
NOISE = {
    "_class_name": "PNDMScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085,
    "clip_sample": False, "num_train_timesteps": 1000, "set_alpha_to_one": False, "skip_prk_steps": True,
    "steps_offset": 1, "trained_betas": None,
}  # fmt: skip
INDEX = {
    "_class_name": "StableDiffusionPipeline", "scheduler": ["diffusers", "PNDMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
}  # fmt: skip
INDEX_1 = {
    **INDEX, "_diffusers_version": "0.6.0", "feature_extractor": ["transformers", "CLIPImageProcessor"],
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
}  # fmt: skip
INDEX_2 = {
    **INDEX, "_diffusers_version": "0.27.2", "feature_extractor": [None, None], "image_encoder": [None, None],
    "requires_safety_checker": False, "safety_checker": [None, None],
}  # fmt: skip
OLD_ATTENTION = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}


def save_version_1(folder: Path) -> dict[str, Tensors]:
    """Stable Diffusion 1.5: a safety checker in the index, an older library's names of weights, two tokenizer files."""
    written = save_networks(folder, UNET_1, TEXT_1)
    rename(folder / "vae" / "diffusion_pytorch_model.safetensors", written["vae"], old_name)
    # Libraries of that time kept the numbers of the places among the weights.
    places = {"text_model.embeddings.position_ids": torch.arange(TOKENS)[None]}
    save_file({**published(written["text_encoder"]), **places}, folder / "text_encoder" / "model.safetensors")
    for name in ("special_tokens_map.json", "tokenizer_config.json"):
        (folder / "tokenizer" / name).unlink()
    write(folder / "model_index.json", INDEX_1)
    write(folder / "scheduler" / "scheduler_config.json", {**NOISE, "_diffusers_version": "0.6.0"})
    write(folder / "safety_checker" / "config.json", {"architectures": ["StableDiffusionSafetyChecker"]})
    write(folder / "feature_extractor" / "preprocessor_config.json", {"crop_size": 224, "resample": 3, "size": 224})
    return written


def save_version_2(folder: Path) -> dict[str, Tensors]:
    """Stable Diffusion 2.1-base as RoentGen-v2 is: predicts the noise, pads with “!”, nothing in optional places."""
    written = save_networks(folder, UNET_2, TEXT_2)
    save_file(published(written["text_encoder"]), folder / "text_encoder" / "model.safetensors")
    ids = json.loads((folder / "tokenizer" / "vocab.json").read_text(encoding="utf-8"))
    plain = {"lstrip": False, "rstrip": False, "single_word": False, "special": True}
    added = {ids[token]: {"content": token, "normalized": token != "!", **plain} for token in ("!", START, END)}
    special = {"bos_token": START, "eos_token": END, "pad_token": "!", "unk_token": END}
    settings = {
        **special, "add_prefix_space": False, "added_tokens_decoder": added, "clean_up_tokenization_spaces": True,
        "do_lower_case": True, "errors": "replace", "model_max_length": TOKENS, "tokenizer_class": "CLIPTokenizer",
    }  # fmt: skip
    write(folder / "tokenizer" / "tokenizer_config.json", settings)
    write(folder / "tokenizer" / "special_tokens_map.json", special)
    write(folder / "model_index.json", INDEX_2)
    noise = {**NOISE, "_diffusers_version": "0.27.2", "prediction_type": "epsilon", "timestep_spacing": "leading"}
    write(folder / "scheduler" / "scheduler_config.json", noise)
    return written


def save_networks(folder: Path, unet: dict[str, Any], text: dict[str, Any]) -> dict[str, Tensors]:
    """Configurations word for word and weights by today's names; a tokenizer of few words."""
    torch.manual_seed(0)
    text = {**text, "vocab_size": write_tokenizer(folder / "tokenizer", caption_words(), TOKENS)}
    networks = {
        "unet": (UNet2DConditionModel.from_config(unet), unet, "diffusion_pytorch_model"),
        "vae": (AutoencoderKL.from_config(VAE), VAE, "diffusion_pytorch_model"),
        "text_encoder": (CLIPTextModel(CLIPTextConfig(**text)), text, "model"),
    }
    for part, (network, config, name) in networks.items():
        write(folder / part / "config.json", config)
        save_file(network.state_dict(), folder / part / f"{name}.safetensors")
    return {part: network.state_dict() for part, (network, _, _) in networks.items()}


def write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2), encoding="utf-8")


def rename(file: Path, weights: Tensors, name_of: Any) -> None:
    save_file({name_of(name): one for name, one in weights.items()}, file)


def old_name(name: str) -> str:
    """An attention layer of the autoencoder as diffusers called it before 0.15."""
    for now, before in OLD_ATTENTION.items():
        if "attentions" in name:
            name = name.replace(f".{now}.", f".{before}.")
    return name


def published(weights: Tensors) -> Tensors:
    """The text encoder's weights by the names they were published under."""
    return {f"text_model.{name.removeprefix('text_model.')}": one for name, one in weights.items()}
