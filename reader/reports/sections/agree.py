"""Do they agree: coefficients of all readers, pairs, and readers against themselves."""

from reader.reports.results import Results
from reader.reports.sections.section import Section, named
from reader.reports.sections.table import Table, readers_table, statistics_table, weighted
from reader.stats.rows import EVERYBODY
from reader.stats.weights import Weights

COEFFICIENTS = {
    "percent_agreement": "Percent agreement",
    "gwet_ac": "Gwet's AC1",
    "brennan_prediger": "Brennan and Prediger's kappa",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "light_kappa": "Light's kappa (mean of pairs)",
    "krippendorff_alpha": "Krippendorff's alpha, nominal",
}
ORDINAL = {"gwet_ac": "Gwet's AC2", "krippendorff_alpha": "Krippendorff's alpha, ordinal"}
INTRA = {
    "intra_percent_agreement": "Percent agreement",
    "intra_cohen_kappa": "Cohen's kappa",
    "intra_gwet_ac": "Gwet's AC1",
    "intra_krippendorff_alpha": "Krippendorff's alpha",
}
MOST_PAIRS = 45
QUESTION = "Do they agree?"
AGAIN = "Readers against themselves"
NOT_AGAIN = "No image was shown to a reader twice, so nothing says how a reader agrees with themselves."
ONE_READER = "Agreement needs two readers or more."


def agree_section(results: Results) -> Section:
    """All coefficients, pairs, and readers against themselves."""
    if len(results.data.readers) < 2:
        return Section("agree", QUESTION, [], list(intra_tables(results)), ONE_READER)
    tables = [
        coefficient_table(results),
        *category_tables(results),
        pair_table(results),
        *icc_tables(results),
        *intra_tables(results),
    ]
    return Section("agree", QUESTION, named(results, "agreement", "coefficients"), tables)


def coefficient_table(results: Results) -> Table:
    """Every coefficient of all readers, each followed by its ordinal form where answers have an order."""
    rows = []
    for row in weighted(results, tuple(COEFFICIENTS), EVERYBODY):
        label = COEFFICIENTS[row.name]
        if row.weights != Weights.IDENTITY:
            label = ORDINAL.get(row.name, f"{label}, ordinal weights")
        planned = row.weights == Weights.IDENTITY and (row.name, row.group) == results.primary
        rows.append((f"{label} (planned)" if planned else label, row))
    note = (
        "These readers, images like these; p is of no agreement beyond chance, where the coefficient has such a test."
    )
    return statistics_table("All readers", "Coefficient", rows, note)


def category_tables(results: Results) -> list[Table]:
    """On which answer readers agree best."""
    rows = [(row.group.capitalize(), row) for row in results.named("category_kappa")]
    note = "Fleiss' kappa of one answer against the others taken together."
    return [statistics_table("Each answer", "Answer", rows, note, folded=True)] if rows else []


def pair_table(results: Results) -> Table:
    """Cohen's kappa of every pair; where they are too many, the lowest and the highest."""
    rows = [(row.group.replace(" x ", " and "), row) for row in results.named("cohen_kappa")]
    if len(rows) <= MOST_PAIRS:
        return statistics_table("Cohen's kappa of each pair", "Readers", rows, folded=len(rows) > 3)
    known = sorted((one for one in rows if one[1].estimate.is_defined), key=lambda one: one[1].estimate.value)
    middle = known[len(known) // 2][1].estimate.value if known else float("nan")
    note = (
        f"Of {len(rows)} pairs the five lowest and the five highest; the median is {middle:.3f}. All are in the "
        "statistics export."
    )
    return statistics_table("Cohen's kappa of pairs", "Readers", [*known[:5], *known[-5:]], note, folded=True)


def icc_tables(results: Results) -> list[Table]:
    """Intraclass correlations, where answers were ratings."""
    if not results.data.are_ratings:
        return []
    rows = [(row.group, row) for row in results.named("icc")]
    return [statistics_table("Intraclass correlations of the ratings", "Form", rows)]


def intra_tables(results: Results) -> list[Table]:
    """Each reader against themselves on images that were shown again, and the mean; says so where none was."""
    note = "Images shown again, in the session or in another. The mean's interval takes readers as the sample."
    table = readers_table(results, AGAIN, INTRA, last=("mean",), note=note)
    return [table if table.rows else Table(AGAIN, "Reader", [], [], NOT_AGAIN)]
