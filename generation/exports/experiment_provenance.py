"""Exactly what each net of an experiment learned from, as CSV: a line for each image in each training."""

from collections.abc import Iterator
from typing import Any

from generation.exports.synthetic_set import facts_of
from generation.models import Experiment, ExperimentCell, ExperimentImage
from lungstudy.csv_lines import as_csv
from lungstudy.library.models import MaskVersion, Origin

DRAWN = (
    "model", "weights_sha256", "prompt", "negative_prompt", "drawing_seed", "steps", "guidance", "scheduler",
    "adapters", "start", "recipe_sha256",
)  # fmt: skip
OUTLINE = ("mask_set", "mask_source", "mask_version")
COLUMNS = (
    "net", "arm", "n_real", "n_synthetic", "seed", "image", "image_name", "data_set", "origin", "patient_key",
    "finding", "stratum", "label", "pixel_sha256", "mask_sha256", *OUTLINE, *DRAWN, "trained_with",
)  # fmt: skip
Outlines = dict[tuple[int, str], tuple[str, str, int]]


def learned_from_csv(experiment: Experiment) -> Iterator[str]:
    """In the order in which they were trained; hashes are those that counted when the experiment was queued."""
    rows = experiment.images.select_related("image__dataset", "image__generated", "image__provenance")
    outlines = _outlines(experiment)
    facts = {str(row.image.token): _facts(row, outlines) for row in rows.iterator()}
    return as_csv(COLUMNS, _lines(experiment, facts))


def _lines(experiment: Experiment, facts: dict[str, list[Any]]) -> Iterator[list[Any]]:
    for cell in experiment.cells.defer("values").iterator():
        for token in cell.learned_from:
            yield [*_point(cell), token, *facts[token], _versions(cell)]


def _point(cell: ExperimentCell) -> list[Any]:
    return [cell.net, cell.arm, cell.n_real, cell.n_synthetic, cell.seed]


def _facts(row: ExperimentImage, outlines: Outlines) -> list[Any]:
    image = row.image
    known = [image.source_name, image.dataset.name, image.dataset.origin, image.patient_key, image.finding]
    hashes = [image.pixel_sha256, row.mask_sha256]
    outline = outlines.get((row.image_id, row.mask_sha256), ("",) * len(OUTLINE))
    return [*known, row.stratum, row.label, *hashes, *outline, *_drawn(row)]


def _drawn(row: ExperimentImage) -> list[Any]:
    """How a synthetic image was made, as far as that is known; its seed is not the training's."""
    if row.image.dataset.origin != Origin.SYNTHETIC:
        return [""] * len(DRAWN)
    facts = facts_of(row.image)
    facts["drawing_seed"] = facts.get("seed")
    return [facts.get(name, "") for name in DRAWN]


def _outlines(experiment: Experiment) -> Outlines:
    """Each version's set, source and number; of those with the same pixels the newest that was there in time."""
    versions = MaskVersion.objects.filter(mask__mask_set__in=experiment.mask_sets.all())
    in_time = versions.filter(made_at__lte=experiment.created_at).order_by("number")
    fields = ("mask__image", "sha256", "mask__mask_set__name", "mask__mask_set__source", "number")
    return {(image, sha256): (name, source, n) for image, sha256, name, source, n in in_time.values_list(*fields)}


def _versions(cell: ExperimentCell) -> str:
    return "; ".join(f"{name} {value}" for name, value in cell.versions.items())
