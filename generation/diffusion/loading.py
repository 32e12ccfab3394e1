"""Loads a Stable-Diffusion-shaped model from its folder."""

import platform
from importlib.metadata import version
from pathlib import Path

import diffusers
import torch
import transformers
from diffusers import StableDiffusionPipeline

from generation.diffusion.errors import ModelError
from generation.diffusion.freed_memory import keep_freed_memory
from generation.diffusion.inspecting import check_parts, has_halves_alone


def load_pipeline(source: str, device: str = "any") -> StableDiffusionPipeline:
    """The model in this folder ready to draw: on the GPU in half precision where there is one, else in single.

    Parameters
    ----------
    device : str
        "gpu" refuses to draw without one; "any" draws on the processor then.

    Raises
    ------
    ModelError
        If the folder cannot be found, is no safetensors model, or its weights cannot be read; or there is no GPU.
    """
    refuse_missing_gpu(device)
    folder = Path(source)
    check_parts(folder)
    keep_freed_memory()
    on_gpu = torch.cuda.is_available()
    try:
        pipeline = StableDiffusionPipeline.from_pretrained(
            folder,
            dtype=torch.float16 if on_gpu else torch.float32,
            use_safetensors=True,
            variant="fp16" if has_halves_alone(folder) else None,
            local_files_only=True,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    except Exception as error:  # whatever the libraries raise for damaged files, the user needs one sentence
        raise ModelError(f"The model in {folder} cannot be loaded ({_first_line(error)}); copy it again.") from error
    pipeline.set_progress_bar_config(disable=True)
    for part in (pipeline.unet, pipeline.vae):
        part.to(memory_format=torch.channels_last)  # convolutions take a quarter less time so
    return pipeline.to("cuda" if on_gpu else "cpu")


def refuse_missing_gpu(device: str) -> None:
    """Say at once that the device asked for is not here.

    Raises
    ------
    ModelError
        A GPU was asked for and there is none.
    """
    if device == "gpu" and not torch.cuda.is_available():
        build = f"built for CUDA {torch.version.cuda}" if torch.version.cuda else "built for processors alone"
        raise ModelError(
            f"A graphics card was asked for and this machine has none for its torch, which is {build}; mend that, or "
            "ask for any device (LUNGSTUDY_DEVICE=any), and try again."
        )


def environment() -> dict[str, str]:
    """What besides the recipe may change the last bits of an image."""
    on_gpu = torch.cuda.is_available()
    return {
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
        "peft": version("peft"),  # it computes LoRAs
        "device": torch.cuda.get_device_name() if on_gpu else f"{platform.machine()} processor",
        "threads": str(torch.get_num_threads()),
        "memory format": "channels last",
        **({"CUDA": str(torch.version.cuda)} if on_gpu else {}),
    }


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".")
