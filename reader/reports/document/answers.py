"""The results in a report: the page's own sections, question by question, with every figure and every table."""

from collections.abc import Iterator

from reader.reports.digits import p_value, three_decimals
from reader.reports.document.blocks import Block, Figure, Heading, Paragraph, Table
from reader.reports.results import Results
from reader.reports.sections import Section, sections_of
from reader.reports.sections import table as page
from reader.stats.estimate import Estimate

PRINT = "print"


def answer_blocks(results: Results) -> list[Block]:
    """Every section; one that is empty says why."""
    return [block for section in sections_of(results) for block in blocks_of(section, results)]


def blocks_of(section: Section, results: Results) -> Iterator[Block]:
    """One question: figures first, numbers after them."""
    yield Heading(section.question, 3)
    if section.why_empty:
        yield Paragraph(section.why_empty)
    for picture in section.pictures:
        yield Figure(picture.caption, picture.draw(results, PRINT))
    for table in section.tables:
        yield from table_blocks(table)


def table_blocks(table: page.Table) -> Iterator[Block]:
    """A table and what has to be known to read it."""
    if table.rows:
        header = (table.first, *(f"{one.title} (planned)" if one.planned else one.title for one in table.columns))
        yield Table(table.title, header, [(label, *map(printed, cells)) for label, cells in table.rows])
    if words := words_on(table):
        yield Paragraph(words)


def words_on(table: page.Table) -> str:
    """The table's note, about whom its intervals speak, and every reason and warning once."""
    estimates = [cell for _, cells in table.rows for cell in cells if isinstance(cell, Estimate)]
    populations = sorted({str(one.population) for one in estimates if one.has_interval})
    about = f"Intervals speak about: {'; '.join(populations)}." if populations else ""
    beside = sorted({text for one in estimates for text in (one.reason, one.warning) if text})
    return " ".join(filter(None, (table.note, about, *beside)))


def printed(cell: page.Cell) -> str:
    """A cell in plain text."""
    if isinstance(cell, Estimate):
        return estimate(cell)
    return p_value(cell.value) if isinstance(cell, page.P) else str(cell)


def estimate(one: Estimate) -> str:
    """Three decimals and the interval; the words below the table say why one is undefined."""
    if not one.is_defined:
        return "undefined"
    value, low, high = map(three_decimals, (one.value, one.low, one.high))
    return f"{value} [{low}, {high}]" if one.has_interval else value
