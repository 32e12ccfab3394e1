"""Exactly what each net of an experiment learned from, as CSV: a line for each image in each training."""

from collections.abc import Iterator
from typing import Any

from generation.models import Experiment, ExperimentCell, ExperimentImage
from lungstudy.csv_lines import as_csv

COLUMNS = (
    "net", "arm", "n_real", "n_synthetic", "seed", "image", "image_name", "data_set", "origin", "patient_key",
    "finding", "stratum", "label", "pixel_sha256", "mask_sha256", "trained_with",
)  # fmt: skip


def learned_from_csv(experiment: Experiment) -> Iterator[str]:
    """In the order in which they were trained; hashes are those that counted when the experiment was queued."""
    rows = {str(row.image.token): row for row in experiment.images.select_related("image__dataset")}
    return as_csv(COLUMNS, _lines(experiment, rows))


def _lines(experiment: Experiment, rows: dict[str, ExperimentImage]) -> Iterator[list[Any]]:
    for cell in experiment.cells.defer("values").iterator():
        for token in cell.learned_from:
            yield [*_point(cell), token, *_facts(rows[token]), _versions(cell)]


def _point(cell: ExperimentCell) -> list[Any]:
    return [cell.net, cell.arm, cell.n_real, cell.n_synthetic, cell.seed]


def _facts(row: ExperimentImage) -> list[Any]:
    image = row.image
    known = [image.source_name, image.dataset.name, image.dataset.origin, image.patient_key, image.finding]
    return [*known, row.stratum, row.label, image.pixel_sha256, row.mask_sha256]


def _versions(cell: ExperimentCell) -> str:
    return "; ".join(f"{name} {value}" for name, value in cell.versions.items())
