"""Reads texts as the model's text encoder does, with the vectors of embeddings in place of their tokens."""

import re
from collections.abc import Sequence
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from generation.diffusion.adapting import Embeddings

Splice = tuple[int, int, torch.Tensor]
"""Row, first position, and the vectors that go there."""


def read(pipeline: StableDiffusionPipeline, texts: Sequence[str], embeddings: Embeddings) -> torch.Tensor:
    """What the denoiser is told of each text, shape (n_texts, n_tokens, width).

    Neither tokenizer nor text encoder is changed: vectors are put behind the encoder's first layer while it reads.
    Texts without vectors go the same way, so that a neighbour with some changes nothing.
    """
    ids, splices = tokens_of(pipeline, texts, embeddings)
    return spliced(pipeline.text_encoder, ids.to(pipeline._execution_device), splices)


def spliced(text_encoder: Any, ids: torch.Tensor, splices: Sequence[Splice]) -> torch.Tensor:
    """The encoder's last hidden states, with vectors in place of some tokens' own."""

    def put_in(_module: Any, _inputs: Any, output: torch.Tensor) -> torch.Tensor:
        output = output.clone()
        for row, at, vectors in splices:
            output[row, at : at + len(vectors)] = vectors.to(output)
        return output

    hook = text_encoder.get_input_embeddings().register_forward_hook(put_in)
    try:
        states: torch.Tensor = text_encoder(ids)[0]
    finally:
        hook.remove()
    return states


def tokens_of(
    pipeline: StableDiffusionPipeline, texts: Sequence[str], embeddings: Embeddings
) -> tuple[torch.Tensor, list[Splice]]:
    """Ids of every text padded to the model's length, and where vectors go; too long ones are cut."""
    tokenizer, most = pipeline.tokenizer, pipeline.text_encoder.config.max_position_embeddings
    rows, splices = [], []
    for row, text in enumerate(texts):
        ids, found = ids_of(tokenizer, text, embeddings)
        splices += [(row, at + 1, vectors) for at, vectors in found]
        ids = [tokenizer.bos_token_id, *ids[: most - 2], tokenizer.eos_token_id]
        rows.append([*ids, *[tokenizer.pad_token_id] * (most - len(ids))])
    return torch.tensor(rows), splices


def ids_of(tokenizer: Any, text: str, embeddings: Embeddings) -> tuple[list[int], list[tuple[int, torch.Tensor]]]:
    """Ids without the marks at both ends; a token of k vectors takes k places."""
    ids: list[int] = []
    found = []
    for piece in re.split(f"({'|'.join(map(re.escape, embeddings))})", text) if embeddings else [text]:
        if piece in embeddings:
            found.append((len(ids), embeddings[piece]))
            ids += [tokenizer.eos_token_id] * len(embeddings[piece])
        else:
            ids += tokenizer(piece, add_special_tokens=False, truncation=False).input_ids
    return ids, found
