"""Puts a recipe's LoRAs on a model for one drawing and takes them off again, and reads its embeddings."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors import SafetensorError
from safetensors.torch import load_file

from generation.diffusion.errors import ModelError
from generation.diffusion.recipe import EMBEDDING, LORA, Adapter

Embeddings = dict[str, torch.Tensor]
"""Vectors, shape (k, width), by the token that stands for them in a prompt."""


@contextmanager
def adapted(
    pipeline: StableDiffusionPipeline, adapters: Sequence[Adapter], files: Mapping[str, Path]
) -> Iterator[Embeddings]:
    """The model with these LoRAs on it, and the embeddings; afterwards its weights are bit for bit what they were.

    Raises
    ------
    ModelError
        A file is missing or damaged, or was made for another model.
    """
    loras = [one for one in adapters if one.kind == LORA]
    try:
        for one in loras:
            _put_lora(pipeline, one, tensors_of(one, files))
        if loras:
            pipeline.set_adapters([slot_of(one) for one in loras], [one.scale for one in loras])
        yield {one.name: embedding_of(pipeline, one, files) for one in adapters if one.kind == EMBEDDING}
    finally:
        if loras:
            pipeline.unload_lora_weights()


def tensors_of(adapter: Adapter, files: Mapping[str, Path]) -> dict[str, torch.Tensor]:
    """The file's numbers, read as safetensors and nothing else."""
    path = files.get(adapter.sha256)
    if path is None or not path.is_file():
        raise ModelError(f"The file of “{adapter.name}” is not there any more; add it again, or leave it out.")
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The file of “{adapter.name}” cannot be read as safetensors; add it again.") from error


def embedding_of(pipeline: StableDiffusionPipeline, adapter: Adapter, files: Mapping[str, Path]) -> torch.Tensor:
    """One tensor of shape (vectors, width)."""
    tensors = tensors_of(adapter, files)
    vectors = next(iter(tensors.values()), torch.zeros(0, 0))
    width = pipeline.text_encoder.get_input_embeddings().weight.shape[1]
    if len(tensors) != 1 or vectors.ndim != 2 or vectors.shape[1] != width:
        raise ModelError(
            f"“{adapter.name}” holds vectors of width {vectors.shape[-1]} and this model reads {width}: it was trained "
            "for another model. Choose that model, or another embedding."
        )
    return vectors


def slot_of(adapter: Adapter) -> str:
    """Its name on the model; a dot would end a module's name there."""
    return f"lora_{adapter.sha256[:16]}"


def _put_lora(pipeline: StableDiffusionPipeline, adapter: Adapter, tensors: dict[str, torch.Tensor]) -> None:
    layers = {name for name, _ in pipeline.unet.named_modules()}
    named = {name.removeprefix("unet.").split(".lora_")[0] for name in tensors}
    if not named or not named <= layers:
        raise ModelError(
            f"“{adapter.name}” does not fit this model's layers: it was trained for another one. Choose that model."
        )
    try:
        pipeline.load_lora_weights(tensors, adapter_name=slot_of(adapter))
    except (RuntimeError, ValueError) as error:
        raise ModelError(
            f"“{adapter.name}” does not fit this model's layers: it was trained for another one. Choose that model."
        ) from error
