"""One section of the results: a question, the figures that answer it, and the numbers beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from reader.reports.figures import Picture
from reader.reports.figures.gallery import pictures_of
from reader.reports.results import Results
from reader.reports.sections.table import Table


@dataclass(frozen=True)
class Section:
    """What one question is answered by; `why_empty` says in a sentence why there is nothing."""

    slug: str
    question: str
    pictures: Sequence[Picture]
    tables: Sequence[Table]
    why_empty: str = ""


def named(results: Results, *names: str) -> list[Picture]:
    """Those of these figures that the results have."""
    return [picture for picture in pictures_of(results) if picture.name in names]
