"""Finds where the tokens of a phrase stand in a prompt, as the text encoder will read it. No torch here."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from generation.diffusion.attention.wanted import AttentionError
from generation.diffusion.composing import Term, terms_of
from generation.diffusion.prompts import MARKS

Encode = Callable[[str], Sequence[int]]
"""The ids of a text as the model's tokenizer gives them, without marks, uncut."""
Symbol = int | tuple[str, int]
"""A token's id, or one vector of an embedding."""


def places_of(
    phrase: str, prompt: str, encode: Encode, vectors: Mapping[str, int], most: int
) -> tuple[tuple[int, ...], ...]:
    """For each term of the prompt the places of every occurrence, counted from the start mark, which is 0.

    A phrase is compared token by token: whatever the tokenizer makes one (case, spaces) is one, and “lung” is not in
    “lungs”. In a blend it is looked for in every part that has a share.

    Parameters
    ----------
    vectors : mapping of str to int
        The words of embeddings, and how many tokens each takes.
    most : int
        Tokens that the encoder reads, both marks counted.

    Raises
    ------
    AttentionError
        The phrase is empty, stands in no term, or only behind the last token that is read.
    """
    wanted = list(symbols(phrase, encode, vectors))
    if not wanted:
        raise AttentionError(f"The phrase “{phrase}” has no word; name a word of the prompt.")
    found = [in_term(wanted, term, encode, vectors) for term in terms_of(prompt)]
    if not any(found):
        raise AttentionError(f"“{phrase}” is not in the prompt “{shortened(prompt)}”; use words that stand in it.")
    # The last token that is read is the end mark.
    read = tuple(tuple(sorted(place for place in places if place <= most - MARKS)) for places in found)
    if not any(read):
        raise AttentionError(
            f"“{phrase}” stands in “{shortened(prompt)}” only behind the {most - MARKS} tokens that this model reads; "
            "put it further to the front."
        )
    return read


def in_term(wanted: Sequence[Symbol], term: Term, encode: Encode, vectors: Mapping[str, int]) -> set[int]:
    """Places in any part of the term that takes part."""
    parts = [list(symbols(part.text, encode, vectors)) for part in term.parts if part.share]
    return {place for part in parts for place in occurrences(wanted, part)}


def occurrences(wanted: Sequence[Symbol], text: Sequence[Symbol]) -> set[int]:
    """Every place that belongs to the wanted run of symbols, counted from 1."""
    length = len(wanted)
    starts = [at for at in range(len(text) - length + 1) if list(text[at : at + length]) == list(wanted)]
    return {at + 1 + more for at in starts for more in range(length)}


def symbols(text: str, encode: Encode, vectors: Mapping[str, int]) -> Iterator[Symbol]:
    """The text's tokens in order; the word of an embedding is as many as it has vectors."""
    words = "|".join(re.escape(word) for word in vectors)
    for piece in re.split(f"({words})", text) if vectors else [text]:
        if piece in vectors:
            yield from ((piece, at) for at in range(vectors[piece]))
        else:
            yield from encode(piece)


def shortened(prompt: str) -> str:
    """Enough of a prompt to know it by."""
    return prompt if len(prompt) <= 100 else f"{prompt[:97]}..."
