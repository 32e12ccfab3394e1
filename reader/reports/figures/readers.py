"""Can they tell, reader by reader: the planned figure of each with the mean over readers."""

import math

from reader.reports.figures.canvas import THEMES, sentence
from reader.reports.figures.forest import Line, forest
from reader.reports.results import SAMPLED, Results
from reader.stats.rows import Row

OF_READER = {
    "or_accuracy_decided": "accuracy_decided",
    "or_accuracy": "accuracy_half_credit",
    "or_accuracy_worst": "accuracy_worst",
    "or_sensitivity": "sensitivity",
    "or_auc": "auc",
    "or_share_found": "share_found",
}
"""Each reader's own form of a mean over readers."""

TITLES = {
    "or_accuracy_decided": "share right among decided",
    "or_accuracy": "share right, unsure as half",
    "or_accuracy_worst": "share right, unsure as not right",
    "or_sensitivity": "share of fakes called fake",
    "or_auc": "area under the ROC curve",
    "or_share_found": "share of trials in which the right image was chosen",
}
UNTESTED = ("or_accuracy_worst", "or_sensitivity")
"""Figures that guessing gives no fixed value."""

NOBODY = "Nobody has read, or nothing says what was right."


def mean_shown(results: Results) -> str:
    """The mean that the forest shows: the planned one, or where that is none of readers, the area or the share."""
    names = {row.name for row in results.rows}
    wanted = (results.primary[0], "or_auc", "or_share_found")
    return next((name for name in wanted if name in OF_READER and name in names), "")


def chance_of(results: Results, mean: str) -> float | None:
    """What guessing gives; None where that is no fixed value."""
    if not mean or mean in UNTESTED:
        return None
    if mean == "or_share_found":
        return 1 / len([category for category in results.data.categories if category != "unsure"])
    return 0.5


def reader_rows(results: Results, mean: str) -> list[Row]:
    """Each reader's own figure, highest first, undefined last."""
    found = [row for row in results.named(OF_READER[mean]) if row.group in results.data.readers]
    return sorted(found, key=lambda row: math.inf if math.isnan(row.estimate.value) else -row.estimate.value)


def readers(results: Results, theme: str) -> bytes:
    """Each reader and the mean over readers, with 95 % intervals."""
    mean = mean_shown(results)
    if not mean:
        return sentence(NOBODY, THEMES[theme])
    row = results.row(mean, SAMPLED)
    lines = [Line(f"mean of {row.n_readers}", row.estimate, mean=True, strong=True)] if row else []
    lines += [Line(f"reader {row.group}", row.estimate) for row in reader_rows(results, mean)]
    return forest(lines, THEMES[theme], TITLES[mean], reference=chance_of(results, mean), is_share=True)
