"""What fools whom: fakes called real, by how they were made and by who read them."""

from reader.reports.figures.fooling import HEADINGS, by_fact
from reader.reports.results import SAMPLED, Results
from reader.reports.sections.section import Section, named
from reader.reports.sections.table import MOST_OPEN, Table, statistics_table

QUESTION = "What fools whom?"
NO_FAKES = "Readers did not say fake or real of single images, so no fake can be called real."
NOTHING_KNOWN = "Nothing is recorded of how the fakes were made, and readers are in no groups."
NOTE = "Fakes called real among those read; unsure is not fooled. Mean over readers; readers and images as samples."

DIFFERENCES = (
    ("fool_rate_between: ", "Difference between kinds of fakes", "Kinds"),
    ("fool_rate_difference: ", "Difference between groups of readers", "Groups"),
)
OTHER_DESIGNS = (
    (
        "realism", "Realism by kind of image", "Images of",
        "Mean rating, 0 for the lowest point of the scale and 1 for the highest. Readers and images as samples.",
    ),
    (
        "bradley_terry", "Taken for the real one", "Fakes of",
        "Log strength against real images (Bradley and Terry, unsure as a tie): above 0, these fakes were taken for "
        "the more real image more often than not.",
    ),
)  # fmt: skip
UNCORRECTED = "First less second; p and intervals are not corrected for the number of comparisons."


def fool_section(results: Results) -> Section:
    """Fool rates by every fact, and differences between groups of readers."""
    if table := table_of_other_designs(results):
        return Section("fool", QUESTION, [], [table])
    if not results.data.are_verdicts or results.data.is_fake is None:
        return Section("fool", QUESTION, [], [], NO_FAKES)
    rows = [
        (f"{HEADINGS.get(fact, fact)}: {level}", row)
        for fact, levels in by_fact(results).items()
        for level, row in levels
    ]
    tables = [statistics_table("Share of fakes called real", "Fakes or readers of", rows, NOTE)] if rows else []
    tables += difference_tables(results)
    return Section("fool", QUESTION, named(results, "fooled"), tables, "" if tables else NOTHING_KNOWN)


def table_of_other_designs(results: Results) -> Table | None:
    """Where readers rated, realism by kind of image; where they chose of two, how often each kind of fakes won."""
    for name, title, of, note in OTHER_DESIGNS:
        if rows := [(row.group, row) for row in results.named(name)]:
            return statistics_table(title, of, rows, note)
    return None


def difference_tables(results: Results) -> list[Table]:
    """Kinds of fakes, then groups of readers, against each other; readers and images as samples."""
    tables = []
    for prefix, title, of in DIFFERENCES:
        rows = [
            (row.name.split(": ", 1)[1], row)
            for row in results.rows
            if row.name.startswith(prefix) and row.group == SAMPLED
        ]
        if rows:
            tables.append(statistics_table(title, of, rows, UNCORRECTED, folded=len(rows) > MOST_OPEN))
    return tables
