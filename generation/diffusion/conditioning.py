"""Turns prompts into what the denoiser is conditioned on, and its predictions into one."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers import StableDiffusionPipeline

from generation.diffusion.adapting import Embeddings
from generation.diffusion.composing import Term, terms_of
from generation.diffusion.reading import read
from generation.diffusion.recipe import Recipe


@dataclass(frozen=True)
class Conditions:
    """Embeddings for a batch of B images, the unguided ones first.

    Attributes
    ----------
    embeddings : Tensor, shape (n_calls * B, n_tokens, width)
        Of the negative prompts where there is guidance, then of each term.
    weights : Tensor or None, shape (n_terms, B, 1, 1, 1)
        Weight of each term's prediction; None where predictions are not combined.
    guidance : float
    """

    embeddings: torch.Tensor
    weights: torch.Tensor | None
    guidance: float

    @property
    def calls(self) -> int:
        """How many predictions each image needs in a step."""
        return 1 if self.weights is None else len(self.weights) + 1

    def combined(self, predicted: torch.Tensor) -> torch.Tensor:
        """One prediction for each image: unguided + guidance * sum of w (term - unguided).

        References
        ----------
        Ho and Salimans (2022), arXiv:2207.12598, eq. 6; Liu et al. (2022), arXiv:2206.01714, eq. 11.
        """
        if self.weights is None:
            return predicted
        unguided, *terms = predicted.chunk(self.calls)
        moved = torch.zeros_like(unguided)
        for weight, term in zip(self.weights, terms, strict=True):
            moved = moved + weight * (term - unguided)
        return unguided + self.guidance * moved


def conditions_of(pipeline: StableDiffusionPipeline, group: Sequence[Recipe], embeddings: Embeddings) -> Conditions:
    """Read the prompts of a batch; all have the same number of terms."""
    guidance = group[0].guidance
    by_image = [terms_of(recipe.prompt) for recipe in group]
    places = range(len(by_image[0]))
    terms = [_read_terms(pipeline, [terms[at] for terms in by_image], embeddings) for at in places]
    if guidance <= 1 and len(terms) == 1:  # a term that stands alone has the weight 1
        return Conditions(terms[0], None, guidance)
    unguided = read(pipeline, [recipe.negative_prompt for recipe in group], embeddings)
    weights = torch.tensor([[terms[at].weight for terms in by_image] for at in places])
    weights = weights.to(unguided)[:, :, None, None, None]
    return Conditions(torch.cat([unguided, *terms]), weights, guidance)


def _read_terms(pipeline: StableDiffusionPipeline, terms: Sequence[Term], embeddings: Embeddings) -> torch.Tensor:
    """One embedding for each image's term; a blend is the weighted sum of its parts'.

    Plain texts are read as a batch of the full shape, whatever stands in its other rows, and each part of a blend by
    itself: the last bits depend on the shape alone, so that no image's depend on its neighbours.
    """
    rows = list(read(pipeline, [term.parts[0].text for term in terms], embeddings))
    for at, term in enumerate(terms):
        if len(term.parts) > 1:
            rows[at] = _mixed(pipeline, term, embeddings)
    return torch.stack(rows)


def _mixed(pipeline: StableDiffusionPipeline, term: Term, embeddings: Embeddings) -> torch.Tensor:
    parts = [part.share * read(pipeline, [part.text], embeddings)[0] for part in term.parts if part.share]
    return torch.stack(parts).sum(dim=0)
