"""Turns a single weights file, as A1111 and ComfyUI use them, into a model folder; loads torch."""

import shutil
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors import SafetensorError, safe_open

from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import check_configuration, refuse_other_weights

# One key of each part, in the names of the original Stable Diffusion 1 and 2.
PARTS = ("model.diffusion_model.", "first_stage_model.", "cond_stage_model.")


def convert(file: Path, configuration: Path, out: Path) -> None:
    """Write a model folder with the weights of `file`, and the rest from another model of the same shape.

    Safe to repeat: what an earlier call left of `out`, whole or not, is written anew, and a call that fails leaves
    nothing.

    Parameters
    ----------
    configuration : Path
        A model folder of that shape; its configurations and its tokenizer are taken, its weights are not.

    Raises
    ------
    ModelError
        The file is a pickle, damaged, of another kind, or of another shape than the configuration.
    """
    check_parts_in(file)
    check_configuration(configuration)
    try:
        pipeline = StableDiffusionPipeline.from_single_file(
            str(file),
            config=str(configuration),
            local_files_only=True,
            torch_dtype=torch.float32,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    except Exception as error:  # the libraries raise whatever they meet first in weights of another shape
        raise _misfit(file, configuration) from error
    if _has_gaps(pipeline):
        raise _misfit(file, configuration)
    _write(pipeline, out)


def _write(pipeline: StableDiffusionPipeline, out: Path) -> None:
    """The folder whole, or not at all."""
    half = out.with_name(f"{out.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    try:
        pipeline.save_pretrained(half, safe_serialization=True)
        shutil.rmtree(out, ignore_errors=True)
        half.replace(out)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _has_gaps(pipeline: StableDiffusionPipeline) -> bool:
    """Whether a weight was nowhere in the file: the library leaves it without numbers and says nothing."""
    networks = (pipeline.unet, pipeline.vae, pipeline.text_encoder)
    return any(weight.is_meta for network in networks for weight in network.state_dict().values())


def _misfit(file: Path, configuration: Path) -> ModelError:
    return ModelError(
        f"{file.name} does not fit the configuration of {configuration.name}; give a model folder of the same shape "
        "(Stable Diffusion 1 or 2, as the file is)."
    )


def check_parts_in(file: Path) -> None:
    """Refuse what is no whole Stable Diffusion 1 or 2; reads the header alone."""
    refuse_other_weights(file)
    try:
        with safe_open(file, framework="np") as opened:
            names = list(opened.keys())
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{file.name} cannot be read as safetensors; copy it again.") from error
    missing = [part.rstrip(".") for part in PARTS if not any(name.startswith(part) for name in names)]
    if missing:
        raise ModelError(
            f"{file.name} holds no {missing[0]}: it is no whole Stable Diffusion 1 or 2 (perhaps a LoRA, a lone "
            "autoencoder, or another kind of model)."
        )
