"""The reference image nearest to each synthetic image, by both measures, as CSV."""

from collections.abc import Iterator
from typing import Any

from generation.models import QualityRun
from lungstudy.csv_lines import as_csv
from lungstudy.library.models import Image

MEASURES = ("features", "low_pass")
COLUMNS = (
    "synthetic", "seed", "suspect",
    *(f"{what}_nearest_by_{name}" for name in MEASURES for what in ("reference", "name", "features", "low_pass")),
    *(f"threshold_{name}" for name in MEASURES),
)  # fmt: skip


def nearest_csv(run: QualityRun) -> Iterator[str]:
    """A line for each synthetic image that was measured, the nearest first; images are named by their tokens."""
    copies = run.result["copies"]
    pairs = copies.get("pairs", [])
    tokens = {pair["synthetic"] for pair in pairs} | {one["reference"] for pair in pairs for one in _nearest(pair)}
    images = {str(image.token): image for image in Image.objects.filter(token__in=tokens).select_related("provenance")}
    thresholds = [copies["thresholds"][name] for name in MEASURES] if pairs else []
    return as_csv(COLUMNS, ([*_cells(pair, images), *thresholds] for pair in pairs))


def _nearest(pair: dict[str, Any]) -> list[dict[str, Any]]:
    """By each measure; runs of before these were kept know the nearer of both alone."""
    kept = pair.get("nearest", {})
    return [kept.get(name, pair) for name in MEASURES]


def _cells(pair: dict[str, Any], images: dict[str, Image]) -> Iterator[Any]:
    drawn = images.get(pair["synthetic"])
    yield from (pair["synthetic"], getattr(getattr(drawn, "provenance", None), "seed", None), pair["suspect"])
    for one in _nearest(pair):
        image = images.get(one["reference"])
        yield from (one["reference"], image.source_name if image else "", one["features"], one["low_pass"])
