"""Teaches the denoiser to attend to a structure's words where that structure is, so that masks can be read from it."""

from collections.abc import Iterator, Sequence

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention
from torch.nn.functional import avg_pool2d
from transformers import CLIPTokenizer

from generation.diffusion.attention.phrases import occurrences
from generation.diffusion.training.places import STRUCTURES


class GroundedProcessor:
    """Attention by plain matrix products, whose backward pass is quicker here, keeping what was given to the words.

    The fused kernels give no probabilities, and going back through them takes a half more time on a processor.
    """

    def __init__(self) -> None:
        self.probabilities: torch.Tensor | None = None

    def __call__(
        self,
        attn: Attention,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,  # noqa: ARG002 - diffusers passes it; nothing is masked here
    ) -> torch.Tensor:
        """As diffusers calls it; the starter's layers do not normalise groups."""
        text = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query = attn.head_to_batch_dim(attn.to_q(hidden_states))
        key, value = (attn.head_to_batch_dim(part(text)) for part in (attn.to_k, attn.to_v))
        shares = attn.get_attention_scores(query, key)
        if encoder_hidden_states is not None:
            self.probabilities = shares.unflatten(0, (-1, attn.heads)).mean(1)
        drawn: torch.Tensor = attn.to_out[0](attn.batch_to_head_dim(torch.bmm(shares, value)))
        return drawn


def ground(unet: UNet2DConditionModel) -> None:
    """Let every attention keep what it gave to each word."""
    unet.set_attn_processor({name: GroundedProcessor() for name in unet.attn_processors})


def word_shares(tokenizer: CLIPTokenizer, captions: Sequence[str]) -> torch.Tensor:
    """What each token counts for each structure, (n, tokens, structures): evenly over its words, 0 where not named."""
    names = [tokenizer(name, add_special_tokens=False).input_ids for name in STRUCTURES]
    shares = torch.zeros(len(captions), tokenizer.model_max_length, len(names))
    for row, ids in enumerate(tokenizer(list(captions), add_special_tokens=False).input_ids):
        for number, name in enumerate(names):
            if found := occurrences(name, ids):
                shares[row, list(found), number] = 1 / len(found)
    return shares


def grounding_loss(unet: UNet2DConditionModel, words: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """How far the attention of each named structure is from being spread evenly over that structure.

    Mean over resolutions and named structures of the Kullback-Leibler divergence, in nats, from the structure's place
    to the attention, both made to sum to 1 over the picture. As masks are read, attention is averaged over heads,
    layers of one resolution and the structure's tokens. FastComposer (Xiao et al. 2023, arXiv:2305.10431, section 4.2)
    teaches attention by masks too, with the difference of means inside and outside; a divergence also asks that all of
    the structure is covered.

    Parameters
    ----------
    words : Tensor, shape (n, tokens, structures)
    places : Tensor, shape (n, structures, side, side)
        Share of each cell that the structure covers, at the finest resolution.
    """
    losses = [divergence(mean @ words, places) for mean in _by_resolution(unet)]
    return torch.stack(losses).mean()


def _by_resolution(unet: UNet2DConditionModel) -> Iterator[torch.Tensor]:
    """The probabilities of the last prediction, (n, cells, tokens), averaged over the layers of each resolution."""
    layers: dict[int, list[torch.Tensor]] = {}
    for processor in unet.attn_processors.values():
        if processor.probabilities is not None:
            layers.setdefault(processor.probabilities.shape[1], []).append(processor.probabilities.float())
    for cells in sorted(layers):
        yield torch.stack(layers[cells]).mean(0)


def divergence(attention: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """From each structure's place, (n, structures, side, side), to its attention, (n, cells, structures); a mean."""
    side = round(attention.shape[1] ** 0.5)
    target = avg_pool2d(places, places.shape[-1] // side).flatten(2)
    given = attention.transpose(1, 2)
    named = (target.sum(-1) > 0) & (given.sum(-1) > 0)
    if not named.any():
        return attention.sum() * 0
    wanted = target[named] / target[named].sum(-1, keepdim=True)
    found = given[named] / given[named].sum(-1, keepdim=True)
    return (wanted * (wanted.clamp(min=1e-8).log() - found.clamp(min=1e-8).log())).sum(-1).mean()
