"""Looks into embeddings and LoRAs as they come, without torch: what a file holds, and whether it fits a model."""

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, deserialize, safe_open

from generation.diffusion.errors import ModelError

MOST_VECTORS = 64
LORA_MARKS = (".lora_A.", ".lora_B.", ".lora.down.", ".lora.up.")
CONVERT = "convert it first (`manage.py convert_embedding FILE.pt FILE.safetensors` does it for AUTOMATIC1111's)"

Shapes = dict[str, tuple[int, ...]]


def shapes_of(content: bytes) -> Shapes:
    """The tensors of a safetensors file by name.

    Raises
    ------
    ModelError
        It is no safetensors file.
    """
    try:
        return {name: tuple(tensor["shape"]) for name, tensor in deserialize(content)}  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise ModelError(
            f"This is no safetensors file, and other weights can run code when opened; {CONVERT}."
        ) from error


def embedding_vectors(content: bytes, model: Path) -> int:
    """How many vectors an embedding has; it must be one tensor of shape (vectors, width of the model's text encoder).

    Raises
    ------
    ModelError
        It holds something else, or was trained for another text encoder.
    """
    shapes = shapes_of(content)
    if len(shapes) != 1 or len(next(iter(shapes.values()))) != 2:
        raise ModelError(
            "An embedding is one table of vectors, and this file holds "
            f"{len(shapes)} tensors ({', '.join(sorted(shapes)[:3]) or 'none'}); is it a LoRA, or a whole model?"
        )
    [(vectors, width)] = shapes.values()
    reads = int(config_of(model, "text_encoder")["hidden_size"])
    if width != reads:
        raise ModelError(
            f"This embedding's vectors are {width} numbers wide and the model reads {reads}: it was trained for "
            "another model (768 is Stable Diffusion 1, 1024 is Stable Diffusion 2). Choose that model."
        )
    if not 1 <= vectors <= MOST_VECTORS:
        raise ModelError(f"An embedding has 1 to {MOST_VECTORS} vectors, and this one has {vectors}.")
    return int(vectors)


def check_lora(content: bytes, model: Path) -> None:
    """Refuse what is no LoRA in diffusers' names, or changes layers that this model does not have.

    Raises
    ------
    ModelError
        With the first layer that does not fit.
    """
    shapes = shapes_of(content)
    if not shapes or not all(any(mark in name for mark in LORA_MARKS) for name in shapes):
        raise ModelError(
            "This file is no LoRA as diffusers saves it (names with lora_A and lora_B); save it with "
            "`pipeline.save_lora_weights(folder)`."
        )
    layers = denoiser_layers(model)
    for name in sorted(shapes):
        layer = name.removeprefix("unet.").split(".lora")[0]
        if layer not in layers:
            raise ModelError(
                f"The model has no layer {layer}: this LoRA was trained for another one. Choose that model."
            )


def denoiser_layers(model: Path) -> set[str]:
    """Names of the denoiser's layers that have weights, from its files' headers alone."""
    layers: set[str] = set()
    for file in sorted((model / "unet").glob("*.safetensors")):
        with safe_open(file, framework="np") as opened:
            layers |= {name.removesuffix(".weight") for name in opened.keys() if name.endswith(".weight")}  # noqa: SIM118
    return layers


def config_of(model: Path, part: str) -> dict[str, Any]:
    """One part's configuration; the folder was inspected when it was registered."""
    try:
        config: dict[str, Any] = json.loads((model / part / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{model.name} lacks a readable {part}/config.json; copy the model folder again.") from error
    return config
