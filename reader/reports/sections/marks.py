"""Where they looked: marks on fakes and reals, and the reasons chosen."""

from collections.abc import Sequence

from reader.reports.results import Results
from reader.reports.sections.section import Section, named
from reader.reports.sections.table import Cell, Column, Table

QUESTION = "Where do images look generated to them?"
NOT_ASKED = "This protocol took no marks."
NONE_DRAWN = "Marks could be drawn, and nobody drew one."


def marks_section(results: Results) -> Section:
    """The map of marks, and reasons in counts."""
    if results.marked is None:
        return Section("marks", QUESTION, [], [], NOT_ASKED)
    rows: list[tuple[str, Sequence[Cell]]] = [
        (reason, (fakes, reals)) for reason, fakes, reals in results.marked.counted()
    ]
    if not rows:
        return Section("marks", QUESTION, [], [], NONE_DRAWN)
    columns = [Column("Marks on fakes"), Column("Marks on reals")]
    return Section("marks", QUESTION, named(results, "marks"), [Table("Reasons", "Reason", columns, rows)])
