"""An experiment as CSV: its table with every interval, or each test image's value in each training."""

import csv
import io
from collections.abc import Iterator

from generation.experiments.intervals import Estimate
from generation.experiments.outcomes import Row
from generation.models import Experiment, Split
from generation.reports.experiments import ExperimentReport

POPULATIONS = ("patients", "seeds", "both")
COLUMNS = (
    "net", "arm", "against", "against_n_real", "n_real", "n_synthetic", "seeds", "test_patients", "test_images",
    "measure", "value", *(f"{end}_{name}" for name in POPULATIONS for end in ("low", "high", "no_interval_because")),
)  # fmt: skip


def table_csv(report: ExperimentReport) -> str:
    """Arms first, then differences; intervals are 95 %, over patients, over seeds, and over both."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    n_patients, n_images = report.n_test_patients, len(report.test_images)
    for row in (*report.rows, *report.differences):
        writer.writerow([*_point(row), n_patients, n_images, row.measure, f"{row.value:.6f}", *_intervals(row)])
    return buffer.getvalue()


def _point(row: Row) -> list[object]:
    against = (row.against, row.against_n_real) if row.against else ("", "")
    return [row.net, row.arm, *against, row.n_real, row.n_synthetic, row.n_seeds]


def _intervals(row: Row) -> Iterator[str]:
    for one in (row.over_patients, row.over_seeds, row.over_both):
        yield from _ends(one)


def _ends(one: Estimate) -> tuple[str, str, str]:
    if one.reason:
        return "", "", one.reason
    return f"{one.low:.6f}", f"{one.high:.6f}", ""


def values_csv(experiment: Experiment) -> str:
    """For analyses of one's own: a line for each test image in each training, without a patient's key."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    tests = {str(row.image.token): row for row in experiment.images.filter(split=Split.TEST).select_related("image")}
    measures = ("dice", "iou", "hd95") if experiment.kind == Experiment.Kind.SEGMENTATION else ("score",)
    writer.writerow(["net", "arm", "n_real", "n_synthetic", "seed", "image", "stratum", "label", *measures])
    for cell in experiment.cells.all():
        point = [cell.net, cell.arm, cell.n_real, cell.n_synthetic, cell.seed]
        for token, row in tests.items():
            values = [f"{cell.values[token][measure]:.6f}" for measure in measures]
            writer.writerow([*point, token, row.stratum, "" if row.label is None else row.label, *values])
    return buffer.getvalue()
