"""What a report is made of; how it looks is the printers' business."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A title of a section, level 1 to 3."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Gap:
    """What only the authors can write; marked, so that nobody overlooks it."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of text under a header; columns from `first_number` on are numbers."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    first_number: int = 1


@dataclass(frozen=True)
class Figure:
    """A vector picture."""

    caption: str
    svg: bytes


Block = Heading | Paragraph | Gap | Table | Figure
