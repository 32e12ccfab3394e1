"""Loads a Stable-Diffusion-shaped model from a local folder, or from the hub where the user allowed downloads."""

import platform
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import StableDiffusionPipeline

from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import check_parts


def model_folder(source: str, *, allow_downloads: bool = False) -> Path:
    """Where the model lies on this machine; a hub id is downloaded first, if that is allowed.

    Raises
    ------
    ModelError
        If the source is no folder and cannot be had from the hub, or what is there cannot be used.
    """
    folder = Path(source)
    if not folder.is_dir():
        folder = _from_hub(source, allow_downloads=allow_downloads)
    check_parts(folder)
    return folder


def load_pipeline(source: str, *, allow_downloads: bool = False) -> StableDiffusionPipeline:
    """The model ready to draw: on the GPU in half precision where there is one, else on the processor in single.

    Raises
    ------
    ModelError
        If the source cannot be found, is no safetensors model, or its weights cannot be read.
    """
    folder = model_folder(source, allow_downloads=allow_downloads)
    on_gpu = torch.cuda.is_available()
    try:
        pipeline = StableDiffusionPipeline.from_pretrained(
            folder,
            dtype=torch.float16 if on_gpu else torch.float32,
            use_safetensors=True,
            local_files_only=True,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    except Exception as error:  # whatever the libraries raise for damaged files, the user needs one sentence
        raise ModelError(f"The model in {folder} cannot be loaded ({_first_line(error)}); copy it again.") from error
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to("cuda" if on_gpu else "cpu")


def environment() -> dict[str, str]:
    """What besides the recipe may change the last bits of an image."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"{platform.machine()} processor"
    return {
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
        "device": device,
        "threads": str(torch.get_num_threads()),
    }


def _from_hub(source: str, *, allow_downloads: bool) -> Path:
    if source.count("/") != 1 or source.startswith((".", "/", "~")):
        raise ModelError(f"There is no model folder at {source}; check the path on the machine that runs the worker.")
    try:
        folder = StableDiffusionPipeline.download(
            source,
            use_safetensors=True,
            local_files_only=not allow_downloads,
            safety_checker=None,
            requires_safety_checker=False,
        )
    except Exception as error:  # network, authorisation, missing repository, missing safetensors: all end here
        if not allow_downloads:
            raise ModelError(
                f"{source} is neither a folder on this machine nor a downloaded hub model; "
                "allow downloads for it, or copy the model here."
            ) from error
        if "safetensors" in str(error):
            raise ModelError(
                f"{source} has no safetensors weights on the hub, and pickles can run code when opened; "
                "convert it where you trust it, or choose another model."
            ) from error
        raise ModelError(
            f"{source} could not be downloaded from the hub; check the name and the network, or copy the model here."
        ) from error
    return Path(folder)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".")
