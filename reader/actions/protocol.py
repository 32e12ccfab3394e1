"""The protocol of a sealed study: everything that decides what readers see, as canonical JSON with one hash."""

import hashlib
import json
from importlib.metadata import version
from typing import Any

from reader.actions import drawing, ordering
from reader.actions.changes import changes_between
from reader.actions.presentations import ALGORITHM as RENDERING
from reader.models import Pool, Presentation, Study, Trial

FORMAT = 2


def protocol_of(study: Study) -> dict[str, Any]:
    """What is hashed; says nothing of which case is real. An amendment lists what it changed."""
    protocol = settings_and_images(study)
    if study.amends is None:
        return protocol
    amended = {"amends": study.amends.protocol_sha256, "amendment_reason": study.amendment_reason}
    return {**protocol, **amended, "changes": changes_between(study.amends.protocol, protocol)}


def settings_and_images(study: Study) -> dict[str, Any]:
    """The five parts, the pools, the algorithms, and every trial and case."""
    presentations = Presentation.objects.filter(case__study=study).order_by("case__number")
    rows = presentations.values_list("case__number", "case__image__pixel_sha256", "sha256", "case__marker_masks")
    return {
        "format": FORMAT,
        "title": study.title,
        "version": study.version,
        "asked": study.asked(),
        "schedule": study.scheduled(),
        "before_reading": study.briefed(),
        "plan": study.planned(),
        "pools": [pool_of(pool) for pool in study.pools.select_related("dataset")],
        "drawing": drawing.ALGORITHM,
        "order": ordering.ALGORITHM,
        "software": {name: version(name) for name in ("numpy", "pillow")},
        "presentation": {"algorithm": RENDERING, **study.shown()},
        "cases": [
            {"number": number, "pixels": pixels, "presentation": shown, "masks": masks}
            for number, pixels, shown, masks in rows
        ],
        "trials": [
            {"number": trial.number, "block": trial.block, "practice": trial.practice, "cases": numbers_of(trial)}
            for trial in study.trials.order_by("number").prefetch_related("cases")
        ],
    }


def numbers_of(trial: Trial) -> list[int]:
    """The numbers of a trial's cases by their places."""
    return [case.number for case in sorted(trial.cases.all(), key=lambda case: case.place)]


def pool_of(pool: Pool) -> dict[str, Any]:
    """One stratum as it was asked for."""
    names = ("origin", "finding", "view", "generator", "prompt", "practice", "count")
    return {"dataset": pool.dataset and str(pool.dataset), **{name: getattr(pool, name) for name in names}}


def canonical(protocol: dict[str, Any]) -> bytes:
    """The protocol as canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def protocol_sha256(protocol: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(protocol)).hexdigest()
