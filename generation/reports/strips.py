"""Finds the strips in a batch: neighbouring lines that differ in the weight of their second condition alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from generation.diffusion.composing import terms_of
from generation.diffusion.errors import PromptError
from generation.models import BatchLine, GeneratedImage

MOST_LINES = 80


@dataclass(frozen=True)
class Row:
    """One seed, and its images as far as they are drawn."""

    seed: int
    cells: list[GeneratedImage | None]


@dataclass(frozen=True)
class Strip:
    """Images from one condition to another."""

    low: str
    high: str
    labels: list[str]
    rows: list[Row] = field(default_factory=list)


def strips_of(lines: Sequence[BatchLine], drawn: dict[int, GeneratedImage]) -> list[Strip]:
    """The strips that a batch consists of; none where any of its lines belongs to no strip."""
    strips = []
    for key, group in groupby(lines, key=_key_of):
        together = list(group)
        if key is None or len(together) < 2:
            return []
        strips.append(Strip(key[0], key[1], [_label(line) for line in together], list(_rows(together, drawn))))
    return strips


def _key_of(line: BatchLine) -> tuple[str, str, str, str, int, int] | None:
    """What the lines of a strip share; None for a line that lies between no two conditions."""
    pair = _pair(line.prompt)
    if pair is None:
        return None
    way = "and" if " AND " in line.prompt else "blend"
    return (pair[0], pair[1], way, line.negative_prompt, line.first_seed, line.count)


def _pair(prompt: str) -> tuple[str, str, float] | None:
    """Both conditions and the share of the second."""
    try:
        terms = terms_of(prompt)
    except PromptError:
        return None
    if len(terms) == 2 and all(len(term.parts) == 1 for term in terms):
        return terms[0].parts[0].text, terms[1].parts[0].text, terms[1].weight
    if len(terms) == 1 and len(terms[0].parts) == 2:
        first, second = terms[0].parts
        return first.text, second.text, second.share
    return None


def _label(line: BatchLine) -> str:
    pair = _pair(line.prompt)
    return f"{100 * pair[2]:.0f} %" if pair else ""


def _rows(lines: Sequence[BatchLine], drawn: dict[int, GeneratedImage]) -> Iterator[Row]:
    for at in range(lines[0].count):
        yield Row(lines[0].first_seed + at, [drawn.get(line.first_index + at) for line in lines])
