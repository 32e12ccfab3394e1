"""The results page, section by section: each a question with its figures and its numbers."""

from reader.reports.results import Results
from reader.reports.sections.agree import agree_section
from reader.reports.sections.fool import fool_section
from reader.reports.sections.marks import marks_section
from reader.reports.sections.order import order_section
from reader.reports.sections.section import Section
from reader.reports.sections.tell import tell_section
from reader.reports.sections.unsure import unsure_section

__all__ = ["Section", "sections_of"]

QUESTIONS = (tell_section, unsure_section, agree_section, fool_section, order_section, marks_section)


def sections_of(results: Results) -> list[Section]:
    """Every section, those included that only say why they are empty."""
    return [section(results) for section in QUESTIONS]
