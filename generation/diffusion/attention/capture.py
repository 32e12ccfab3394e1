"""Keeps what cross-attention did while images are drawn, beside the drawing, which it leaves bit for bit as it is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from diffusers.models.attention_processor import Attention
from numpy.typing import NDArray

from generation.diffusion.adapting import Embeddings
from generation.diffusion.attention.grids import Grid, chosen, grids_of
from generation.diffusion.attention.phrases import places_of
from generation.diffusion.attention.probabilities import keys_of, probabilities, queries_of
from generation.diffusion.attention.wanted import NO_ATTENTION, AttentionError, Kept, Wanted
from generation.diffusion.conditioning import Conditions
from generation.diffusion.recipe import Recipe

OnStep = Callable[[int], None]


class Capture:
    """Give it to `sample`; afterwards `images` has what was kept of each image, in the order of the recipes.

    Without phrases it does nothing at all.
    """

    def __init__(self, wanted: Wanted = NO_ATTENTION) -> None:
        self.wanted = wanted
        self.images: list[Kept] = []
        self._batch: CapturedBatch | None = None

    @contextmanager
    def on(self, unet: Any) -> Iterator[None]:
        """With our processor around each one of the cross-attentions; afterwards they are the ones that were there."""
        layers = [each for each in unet.modules() if isinstance(each, Attention) and each.is_cross_attention]
        own = [layer.processor for layer in layers]
        try:
            if self.wanted.phrases:
                for layer in layers:
                    layer.set_processor(WatchedProcessor(layer.processor, self))
            yield
        finally:
            self._batch = None
            for layer, processor in zip(layers, own, strict=True):
                layer.set_processor(processor)

    @contextmanager
    def of_batch(
        self,
        pipeline: StableDiffusionPipeline,
        full: Sequence[Recipe],
        embeddings: Embeddings,
        conditions: Conditions,
        used: int,
        on_step: OnStep,
    ) -> Iterator[OnStep]:
        """While one full batch is drawn, of which the first `used` places are images that anybody wanted.

        Raises
        ------
        DrawingError
            The model does not attend at the wanted resolutions, or takes none of the wanted steps.
        """
        if not self.wanted.phrases:
            yield on_step
            return
        batch = self._batch = CapturedBatch(self.wanted, pipeline, full, embeddings, conditions)

        def counted(step: int) -> None:
            batch.step = step + 1
            on_step(step)

        yield counted
        self._batch = None
        self.images += batch.kept(used)

    def watch(self, attention: Attention, hidden: torch.Tensor, text: torch.Tensor) -> None:
        """Called by each cross-attention beside its own work."""
        if self._batch is not None:
            self._batch.add(attention, hidden, text)


class WatchedProcessor:
    """The layer's own processor, and beside it what we want to know."""

    def __init__(self, own: Any, capture: Capture) -> None:
        self.own, self.capture = own, capture

    def __call__(
        self,
        attn: Attention,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        temb: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """As diffusers calls it."""
        drawn: torch.Tensor = self.own(attn, hidden_states, encoder_hidden_states, attention_mask, temb)
        if encoder_hidden_states is not None:
            self.capture.watch(attn, hidden_states, encoder_hidden_states)
        return drawn


class CapturedBatch:
    """Sums over layers and steps for one batch, which is drawn as one stack of predictions."""

    def __init__(
        self,
        wanted: Wanted,
        pipeline: StableDiffusionPipeline,
        full: Sequence[Recipe],
        embeddings: Embeddings,
        conditions: Conditions,
    ) -> None:
        self.wanted, self.places = wanted, len(full)
        # The unguided predictions stand first; where there is no guidance, all are the prompt's.
        self.first_row = self.places if conditions.weights is not None else 0
        shares, self.missing = shares_of(pipeline, wanted.phrases, full, embeddings, conditions)
        self.shares = shares.to(conditions.embeddings.device)
        self.rows = torch.nonzero(shares.flatten(1).any(1))[:, 0].tolist()
        first, scale = full[0], pipeline.vae_scale_factor
        grids = grids_of(pipeline.unet.config, (first.height // scale, first.width // scale))
        self.grids = {rows * columns: (rows, columns) for rows, columns in chosen(grids, wanted.resolutions)}
        self.steps = wanted.steps_of(first.steps_taken)
        self.step = 1  # the one being taken
        self.keys: dict[Attention, torch.Tensor] = {}
        self.sums: dict[Grid, torch.Tensor] = {}
        self.layers: dict[Grid, int] = {}

    def add(self, attention: Attention, hidden: torch.Tensor, text: torch.Tensor) -> None:
        """One layer of one prediction."""
        grid = self.grids.get(hidden.shape[1])
        if grid is None or self.step not in self.steps:
            return
        if attention not in self.keys:
            self.keys[attention] = keys_of(attention, text[self.first_row :])
        queries, keys = queries_of(attention, hidden[self.first_row :]), self.keys[attention]
        if grid not in self.sums:
            self.sums[grid] = torch.zeros(len(queries), hidden.shape[1], text.shape[1], device=hidden.device)
        # One row at a time: what it takes fits into a processor's cache, and little memory is needed.
        for row in self.rows:
            self.sums[grid][row] += probabilities(queries[row], keys[row])
        self.layers[grid] = self.layers.get(grid, 0) + 1

    def kept(self, used: int) -> list[Kept]:
        """What each image gets."""
        means = {grid: self._by_image(total / self.layers[grid]) for grid, total in self.sums.items()}
        kept = []
        for at in range(used):
            maps = {
                phrase: {grid[0]: means[grid][at, :, number].reshape(grid) for grid in sorted(means)}
                for number, phrase in enumerate(self.wanted.phrases)
                if phrase not in self.missing[at]
            }
            kept.append(Kept(maps, self.steps[0], self.steps[-1], self.missing[at]))
        return kept

    def _by_image(self, mean: torch.Tensor) -> NDArray[np.float32]:
        """The phrases' shares of the tokens, added up over each image's terms; (image, place, phrase)."""
        by_phrase = mean @ self.shares
        return by_phrase.reshape(-1, self.places, *by_phrase.shape[1:]).sum(0).cpu().numpy()


def shares_of(
    pipeline: StableDiffusionPipeline,
    phrases: Sequence[str],
    full: Sequence[Recipe],
    embeddings: Embeddings,
    conditions: Conditions,
) -> tuple[torch.Tensor, list[dict[str, str]]]:
    """What each token counts for each phrase, and the phrases that an image's prompt has no place for.

    Returns
    -------
    Tensor, shape (n_terms * n_images, n_tokens, n_phrases)
        For each image, summed over its terms: 1 over a phrase's tokens, evenly; 0 for a phrase that is missing.
    """
    n_terms = len(conditions.embeddings) // len(full) - (conditions.weights is not None)
    shares = torch.zeros(n_terms, len(full), conditions.embeddings.shape[1], len(phrases))
    missing: list[dict[str, str]] = [{} for _ in full]
    places = finder(pipeline, embeddings)
    for (at, recipe), (number, phrase) in product(enumerate(full), enumerate(phrases)):
        found = places(phrase, recipe.prompt)
        if isinstance(found, AttentionError):
            missing[at][phrase] = str(found)
            continue
        for term, ones in enumerate(found):
            shares[term, at, list(ones), number] = 1 / sum(map(len, found))
    return shares.flatten(0, 1), missing


def finder(
    pipeline: StableDiffusionPipeline, embeddings: Embeddings
) -> Callable[[str, str], tuple[tuple[int, ...], ...] | AttentionError]:
    """Finds a phrase in a prompt as this model reads it, or says why it cannot; each prompt of a batch is read once."""
    vectors = {word: len(one) for word, one in embeddings.items()}
    most = pipeline.text_encoder.config.max_position_embeddings

    @cache
    def encode(text: str) -> list[int]:
        return list(pipeline.tokenizer(text, add_special_tokens=False, truncation=False).input_ids)

    @cache
    def found(phrase: str, prompt: str) -> tuple[tuple[int, ...], ...] | AttentionError:
        try:
            return places_of(phrase, prompt, encode, vectors, most)
        except AttentionError as reason:
            return reason

    return found
