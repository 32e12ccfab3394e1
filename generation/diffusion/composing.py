"""What a prompt is made of: terms joined by AND, each with a weight, each a text or a blend of texts. No torch here.

healthy chest :0.3 AND cardiomegaly :0.7          weighted noise predictions (Liu et al. 2022; A1111's AND)
("healthy chest", "cardiomegaly").blend(0.3, 0.7)  one condition, its embeddings mixed (InvokeAI's blend)
"""

import math
import re
from dataclasses import dataclass

from generation.diffusion.errors import PromptError

JOIN = re.compile(r"(?:^|(?<=\s))AND(?=\s|$)")
WEIGHT = re.compile(r"\s*:\s*([-+]?(?:\d+\.?\d*|\.\d+))\s*$")
BLEND = re.compile(r'\(\s*("[^"]*"(?:\s*,\s*"[^"]*")*)\s*\)\.blend\(([^()]*)\)')
QUOTED = re.compile(r'"([^"]*)"')
MOST_TERMS = 8


@dataclass(frozen=True)
class Part:
    """A text and its share of a term's embedding."""

    text: str
    share: float = 1.0


@dataclass(frozen=True)
class Term:
    """One condition: its parts' embeddings mixed, its noise prediction weighted."""

    parts: tuple[Part, ...]
    weight: float = 1.0


def terms_of(prompt: str) -> tuple[Term, ...]:
    """The terms of a prompt; a prompt without AND or blend is one term with that very text.

    Raises
    ------
    PromptError
        A term is empty, a weight or a blend cannot be read, or there are more than `MOST_TERMS` terms.
    """
    pieces = JOIN.split(prompt)
    if len(pieces) == 1:
        return (Term(parts_of(prompt)),)
    if len(pieces) > MOST_TERMS:
        raise PromptError(f"The prompt joins {len(pieces)} terms by AND; at most {MOST_TERMS} can be drawn together.")
    return tuple(term_of(piece) for piece in pieces)


def term_of(piece: str) -> Term:
    """A term with its weight, 1 where none is written."""
    found = WEIGHT.search(piece)
    text = piece[: found.start()] if found else piece
    if not text.strip():
        raise PromptError("There is nothing on one side of AND; write a term there, or leave AND out.")
    return Term(parts_of(text.strip()), float(found.group(1)) if found else 1.0)


def parts_of(text: str) -> tuple[Part, ...]:
    """The text itself, or the parts of a blend, whose shares are made to sum to 1."""
    if ".blend(" not in text:
        return (Part(text),)
    found = BLEND.fullmatch(text.strip())
    if found is None:
        raise PromptError('A blend is written ("one prompt", "another").blend(0.3, 0.7), and nothing beside it.')
    texts, shares = QUOTED.findall(found.group(1)), shares_of(found.group(2))
    if len(texts) != len(shares):
        raise PromptError(f"The blend has {len(texts)} prompts and {len(shares)} shares; give each prompt one share.")
    total = sum(shares)
    if total <= 0:
        raise PromptError("The shares of a blend must sum to more than 0.")
    return tuple(Part(text, share / total) for text, share in zip(texts, shares, strict=True))


def shares_of(text: str) -> list[float]:
    """Numbers between commas."""
    try:
        shares = [float(share) for share in text.split(",")]
    except ValueError:
        raise PromptError(f"The shares of a blend are numbers with commas between them, not “{text}”.") from None
    if not all(math.isfinite(share) for share in shares):
        raise PromptError("The shares of a blend must be finite numbers.")
    return shares


def texts_of(prompt: str) -> list[str]:
    """Every text that the model will read, in order; each has to fit it by itself."""
    return [part.text for term in terms_of(prompt) for part in term.parts]


def joined(texts: list[str], weights: list[float]) -> str:
    """The prompt that draws all of these texts at once with these weights."""
    return " AND ".join(f"{text} :{weight:g}" for text, weight in zip(texts, weights, strict=True))


def blended(texts: list[str], shares: list[float]) -> str:
    """The prompt whose embedding is this mixture."""
    quoted = ", ".join(f'"{text}"' for text in texts)
    return f"({quoted}).blend({', '.join(f'{share:g}' for share in shares)})"


def strip(low: str, high: str, shares: list[float], way: str) -> list[str]:
    """Prompts from one condition to another: `shares` of the second, as weighted predictions or as mixed embeddings."""
    write = {"and": joined, "blend": blended}[way]
    return [write([low, high], [1 - share, share]) for share in shares]
