"""Can they tell: means over readers by the primary test, every reader, and what others would have reported."""

from collections.abc import Sequence

from reader.reports.digits import three_decimals
from reader.reports.figures.readers import OF_READER
from reader.reports.figures.said import counts_by_truth
from reader.reports.results import SAMPLED, Results
from reader.reports.sections.section import Section, named
from reader.reports.sections.table import MOST_OPEN, Cell, Column, P, Table, readers_table, statistics_table
from reader.stats.accuracy_rows import EFFECTS
from reader.stats.estimate import Estimate
from reader.stats.rows import Row

MEANS = {
    "or_accuracy_decided": "Right among decided",
    "or_accuracy": "Right, unsure as half",
    "or_accuracy_worst": "Right, unsure as not right",
    "or_sensitivity": "Fakes called fake",
    "or_specificity": "Reals called real",
    "or_auc": "Area under the ROC curve",
    "u_auc": "Area under the ROC curve, by U-statistics (Gallas)",
    "or_share_found": "Right image chosen",
}
COLUMNS = {
    "accuracy_decided": "Right among decided",
    "accuracy_half_credit": "Right, unsure as half",
    "accuracy_worst": "Right, unsure as not right",
    "sensitivity": "Fakes called fake",
    "specificity": "Reals called real",
    "auc": "ROC area",
    "dprime": "d′",
    "criterion_c": "Criterion c",
    "share_found": "Right image chosen",
}
SHOWN_WITHOUT_A_PLAN = ("sensitivity", "specificity", "auc", "dprime", "criterion_c", "share_found")
POOLED = (
    "What many papers report, shown for comparison only: it takes all verdicts of all readers as independent, so its "
    "interval is too narrow and its test finds an effect far too often (anticonservative). Use the means above."
)
NO_TRUTH = "What was right is not known, so nobody can be right or wrong here."
MEAN_NOTE = "Readers and images as samples; tested against guessing where guessing has a fixed value."


def tell_section(results: Results) -> Section:
    """How well readers tell fake from real, or find the right image, or rate fakes below reals."""
    slug, question = "tell", question_of(results)
    pictures = named(results, "readers", "said", "roc")
    tables = [*mean_tables(results), *reader_tables(results), *count_tables(results)]
    return Section(slug, question, pictures, tables, "" if tables else NO_TRUTH)


def question_of(results: Results) -> str:
    """What readers were to do."""
    if results.data.right is not None:
        return "Can they find the right image?"
    return "Do fakes look less real to them?" if results.data.are_ratings else "Can they tell fake from real?"


def mean_tables(results: Results) -> list[Table]:
    """Means over readers; the planned one under each choice of what is a sample; the pooled share in a fold."""
    tables = []
    if rows := [(label, row) for name, label in MEANS.items() if (row := results.row(name, SAMPLED))]:
        tables.append(statistics_table("Mean over readers", "Statistic", rows, MEAN_NOTE))
    name = results.primary[0]
    if by_effects := [(words.capitalize(), row) for words in EFFECTS.values() if (row := results.row(name, words))]:
        label = MEANS.get(name, name)
        title = f"The planned mean ({label[0].lower()}{label[1:]}) by what is taken as a sample"
        tables.append(statistics_table(title, "Sample", by_effects, folded=True))
    if pooled := results.row("pooled_accuracy_decided", "all"):
        label = "Right among decided, pooled"
        title = "Pooled over readers: anticonservative"
        tables.append(statistics_table(title, "Statistic", [(label, pooled)], POOLED, folded=True))
    return tables


def reader_tables(results: Results) -> list[Table]:
    """Every reader's own figures, and for ratings the rank-sum test with Holm's correction."""
    own = OF_READER.get(results.primary[0], "")
    shown = {name: title for name, title in COLUMNS.items() if name in SHOWN_WITHOUT_A_PLAN or name == own}
    tables = [readers_table(results, "Each reader", shown, planned=own)]
    if tests := results.named("rank_sum_holm"):
        tables.append(rank_table(tests))
    return [table for table in tables if table.rows]


def rank_table(tests: Sequence[Row]) -> Table:
    """Wilcoxon's rank-sum test of each reader, corrected for their number."""
    note = (
        "The share of pairs of a real and a fake image in which the real one was rated higher, ties as half; "
        "Wilcoxon's rank-sum test, p corrected by Holm for the number of readers. It has no interval: see the ROC area."
    )
    columns = [Column("Share of pairs"), Column("p"), Column("Images")]
    rows: list[tuple[str, Sequence[Cell]]] = [
        (test.group, (share_of_pairs(test.estimate), P(test.estimate.p), test.n_images)) for test in tests
    ]
    return Table("Reals rated above fakes", "Reader", columns, rows, note, folded=len(rows) > MOST_OPEN)


def share_of_pairs(one: Estimate) -> Cell:
    """The share alone: that this test has no interval need not be said in every row."""
    return three_decimals(one.value) if one.is_defined else one


def count_tables(results: Results) -> list[Table]:
    """Truth by answer, in counts of images."""
    counts = counts_by_truth(results)
    if not counts or not results.data.readers:
        return []
    columns = [
        Column(f"{truth} {'rated' if results.data.are_ratings else 'called'} {name}".replace("called unsure", "unsure"))
        for truth in counts
        for name in results.data.categories
    ]
    labels = ("all", *results.data.readers)
    rows: list[tuple[str, Sequence[Cell]]] = [
        (label, [int(count) for table in counts.values() for count in table[at]]) for at, label in enumerate(labels)
    ]
    return [Table("Counts of answers by truth", "Reader", columns, rows, folded=True, wide=True)]
