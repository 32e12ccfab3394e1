"""Can the attention of these phrases be kept for what an order draws? Asked by pages and commands, so without torch."""

import json
from collections.abc import Iterable
from functools import cache

from generation.actions.orders import Order, QueueingError, unsaved_batch
from generation.actions.prompts import vectors_of
from generation.diffusion.attention.grids import chosen, grids_of
from generation.diffusion.attention.phrases import places_of
from generation.diffusion.attention.wanted import AttentionError
from generation.diffusion.errors import DiffusionError
from generation.diffusion.prompts import Vectors, ids_in
from generation.models import Generator

PLACEHOLDER = "{"
SUGGESTED = ("left lung", "right lung", "lungs", "heart", "opacity", "nodule", "effusion")
"""Structures that masks are often wanted of; only those are offered that stand in the prompt."""


def phrases_from(text: str) -> tuple[str, ...]:
    """The phrases of a text with commas between them, each once."""
    phrases = (" ".join(phrase.split()) for phrase in text.split(","))
    return tuple({phrase.lower(): phrase for phrase in phrases if phrase}.values())


def lacking(
    *, generator: Generator, phrases: Iterable[str], prompts: Iterable[str], vectors: Vectors
) -> dict[str, list[str]]:
    """For each phrase why prompts have no place for it, one sentence for each such prompt; nothing while unknown."""
    reasons: dict[str, list[str]] = {phrase: [] for phrase in phrases}
    if not generator.is_here:
        return reasons
    folder = generator.local_folder()
    read = cache(lambda text: ids_in(folder, text))
    prompts = list(dict.fromkeys(prompts))
    for phrase, said in reasons.items():
        for prompt in prompts:
            try:
                places_of(phrase, prompt, read, vectors, generator.max_prompt_tokens)
            except AttentionError as reason:
                said.append(str(reason))
    return reasons


def offered(*, generator: Generator, prompt: str, vectors: Vectors) -> list[str]:
    """Of the usual structures and the words of embeddings those that stand in this prompt."""
    names = (*SUGGESTED, *(word for word in vectors if word in prompt))
    found = lacking(generator=generator, phrases=names, prompts=[prompt], vectors=vectors)
    return [phrase for phrase, reasons in found.items() if not reasons]


def in_prompt(*, generator: Generator, prompt: str, typed: str) -> dict[str, list[str]]:
    """For the page: why phrases that were typed are not in the prompt, and which structures are and could be added."""
    vectors, phrases = vectors_of(generator), phrases_from(typed)
    if not prompt.strip() or PLACEHOLDER in prompt:  # checked for each prompt when the form is sent
        return {"reasons": [], "offered": []}
    try:
        reasons = lacking(generator=generator, phrases=phrases, prompts=[prompt], vectors=vectors)
        found = offered(generator=generator, prompt=prompt, vectors=vectors)
    except DiffusionError:  # a prompt half typed: its own field says what is wrong with it
        return {"reasons": [], "offered": []}
    chosen = {phrase.lower() for phrase in phrases}
    return {
        "reasons": [reason for said in reasons.values() for reason in said],
        "offered": [phrase for phrase in found if phrase.lower() not in chosen],
    }


def refuse_unattended(order: Order, vectors: Vectors) -> list[str]:
    """Refuse what no image of the order could keep; what only some lack is returned as sentences, as a warning.

    Raises
    ------
    QueueingError
        A phrase stands in none of the prompts, or the model has no such rows or takes no such steps.
    """
    if not order.attended.phrases:
        return []
    prompts = list(dict.fromkeys(line.prompt for line in order.lines))
    reasons = lacking(generator=order.generator, phrases=order.attended.phrases, prompts=prompts, vectors=vectors)
    for said in reasons.values():
        if len(said) == len(prompts):
            raise QueueingError(said[0] if len(said) == 1 else f"{said[0]} None of the {len(said)} prompts has it.")
    refuse_other_maps(order)
    return [
        f"“{phrase}” is missing in {len(said)} of {len(prompts)} prompts; their images keep no attention for it."
        for phrase, said in reasons.items()
        if said
    ]


def refuse_other_maps(order: Order) -> None:
    """Refuse rows that the model does not attend at, and steps that it does not take."""
    _, lines = unsaved_batch(order)
    recipe, generator = lines[0].recipe(0), order.generator
    try:
        order.attended.steps_of(recipe.steps_taken)
        if generator.is_here:
            config = json.loads((generator.local_folder() / "unet" / "config.json").read_text(encoding="utf-8"))
            latents = (order.height // generator.size_multiple, order.width // generator.size_multiple)
            chosen(grids_of(config, latents), order.attended.resolutions)
    except DiffusionError as exc:
        raise QueueingError(str(exc)) from exc
