"""Writes a small model as one file in the names of the original Stable Diffusion 1, as web interfaces keep them."""

import re
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file

Tensors = dict[str, torch.Tensor]
RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
UNET_ENDS = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
}  # fmt: skip
VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
BLOCKS = 4


def save_single_file(pipeline: StableDiffusionPipeline, file: Path) -> Path:
    """Of a model with four blocks of one layer each, as `tiny_models` makes them."""
    tensors = {f"model.diffusion_model.{unet_name(name)}": one for name, one in pipeline.unet.state_dict().items()}
    for name, one in pipeline.vae.state_dict().items():
        tensors[f"first_stage_model.{vae_name(name)}"] = as_convolution(name, one)
    for name, one in pipeline.text_encoder.state_dict().items():
        # The original was written by a library that put one more name before all.
        tensors[f"cond_stage_model.transformer.text_model.{name.removeprefix('text_model.')}"] = one
    save_file({name: one.contiguous() for name, one in tensors.items()}, file)
    return file


def unet_name(name: str) -> str:
    part, _, end = name.rpartition(".")
    if part in UNET_ENDS:
        return f"{UNET_ENDS[part]}.{end}"
    if found := re.match(r"mid_block\.(resnets|attentions)\.(\d)\.(.*)", name):
        kind, at, rest = found.groups()
        return f"middle_block.{1 if kind == 'attentions' else 2 * int(at)}.{inner(kind, rest)}"
    block, at, kind, layer, rest = re.match(r"(down|up)_blocks\.(\d)\.(\w+)\.(\d)\.(.*)", name).groups()
    at, layer = int(at), int(layer)
    if kind == "downsamplers":
        return f"input_blocks.{2 * at + 2}.0.op.{end}"
    if kind == "upsamplers":
        return f"output_blocks.{2 * at + 1}.{1 if at == 0 else 2}.conv.{end}"
    place = f"input_blocks.{2 * at + 1}" if block == "down" else f"output_blocks.{2 * at + layer}"
    return f"{place}.{1 if kind == 'attentions' else 0}.{inner(kind, rest)}"


def inner(kind: str, rest: str) -> str:
    part, _, end = rest.rpartition(".")
    return f"{RESNET[part]}.{end}" if kind == "resnets" else rest


def vae_name(name: str) -> str:
    name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", name)
    name = re.sub(r"mid_block\.attentions\.0\.(group_norm|to_\w(?:ut\.0)?)", of_attention, name)
    name = re.sub(r"down_blocks\.(\d)\.resnets\.", r"down.\1.block.", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets\.", lambda found: f"up.{BLOCKS - 1 - int(found[1])}.block.", name)
    return re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda found: f"up.{BLOCKS - 1 - int(found[1])}.upsample", name)


def of_attention(found: re.Match[str]) -> str:
    return f"mid.attn_1.{VAE_ATTENTION[found[1]]}"


def as_convolution(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """The original's attention is made of convolutions of one pixel."""
    is_linear = "attentions" in name and name.endswith("weight") and tensor.ndim == 2
    return tensor[:, :, None, None] if is_linear else tensor
