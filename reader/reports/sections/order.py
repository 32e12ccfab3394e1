"""Time and order: seconds per answer, and whether readers get better or faster as they go on."""

from reader.reports.results import Results
from reader.reports.sections.section import Section, named
from reader.reports.sections.table import readers_table

QUESTION = "Do time and order matter?"
COLUMNS = {
    "median_seconds": "Median seconds per answer",
    "pace_per_100": "Time, ratio per 100 answers",
    "learning_per_100": "Share right, change per 100 answers",
}
NO_ORDER = "The order of reading is not known."
NOTE = (
    "A ratio below 1: faster later on. Each row speaks about that reader and images like these, the mean about readers "
    "like these."
)


def order_section(results: Results) -> Section:
    """Each reader's time, pace and learning, and the mean learning."""
    table = readers_table(results, "Each reader", COLUMNS, last=("mean",), note=NOTE)
    if not table.rows:
        return Section("order", QUESTION, [], [], NO_ORDER)
    return Section("order", QUESTION, named(results, "pace", "learning"), [table])
