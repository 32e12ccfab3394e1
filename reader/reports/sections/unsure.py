"""What unsure does: coverage, decided, half credit and both bounds side by side, the planned one marked."""

from reader.reports.figures.readers import OF_READER
from reader.reports.figures.unsure import HANDLINGS
from reader.reports.results import SAMPLED, Results
from reader.reports.sections.section import Section, named
from reader.reports.sections.table import readers_table, statistics_table

COLUMNS = {
    "coverage": "Decided",
    "accuracy_worst": "Unsure as not right (worst)",
    "accuracy_decided": "Among decided",
    "accuracy_half_credit": "Unsure as half",
    "accuracy_best": "Unsure as right (best)",
}
QUESTION = "What does unsure do?"
NO_UNSURE = "Unsure was no answer of this study."
NO_RIGHT = "What was right is not known for single images here, so unsure moves nothing but the agreement below."
NOTE = "An unread image is missing and is in none of these."


def unsure_section(results: Results) -> Section:
    """Every handling of unsure, of the mean and of each reader."""
    if "unsure" not in results.data.categories:
        return Section("unsure", QUESTION, [], [], NO_UNSURE)
    rows = [
        (f"{label[0].upper()}{label[1:]}{' (planned)' if name == results.primary[0] else ''}", row)
        for name, label in HANDLINGS.items()
        if (row := results.row(name, SAMPLED))
    ]
    if not rows:
        return Section("unsure", QUESTION, [], [], NO_RIGHT)
    own = OF_READER.get(results.primary[0], "")
    tables = [
        statistics_table("Mean over readers", "Counted as", rows, NOTE),
        readers_table(results, "Each reader: share right", COLUMNS, planned=own),
    ]
    return Section("unsure", QUESTION, named(results, "unsure", "bounds"), tables)
