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

    @property
    def beside(self) -> list[Table]:
        """Tables that fit beside figures."""
        return [table for table in self.tables if not table.wide]

    @property
    def below(self) -> list[Table]:
        """Tables that need the page's whole width."""
        return [table for table in self.tables if table.wide]


def named(results: Results, *names: str) -> list[Picture]:
    """Those of these figures that the results have."""
    return [picture for picture in pictures_of(results) if picture.name in names]
