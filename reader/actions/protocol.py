"""The protocol of a sealed study: everything that decides what readers see, as canonical JSON with one hash."""

import hashlib
import json
from importlib.metadata import version
from typing import Any

from reader.actions import drawing, ordering
from reader.actions.presentations import ALGORITHM as RENDERING
from reader.models import Presentation, Study

VERSION = 1


def protocol_of(study: Study) -> dict[str, Any]:
    """What is hashed; says nothing of which case is real."""
    presentations = Presentation.objects.filter(case__study=study).order_by("case__number")
    rows = presentations.values_list("case__number", "case__image__pixel_sha256", "sha256", "case__marker_masks")
    return {
        "version": VERSION,
        "question": study.question,
        "instructions": study.instructions,
        "verdicts": study.verdicts,
        "seed": study.seed,
        "pools": [[str(pool.dataset), pool.finding, pool.view, pool.count] for pool in study.pools.all()],
        "drawing": drawing.ALGORITHM,
        "order": ordering.ALGORITHM,
        "software": {name: version(name) for name in ("numpy", "pillow")},
        "presentation": {
            "algorithm": RENDERING,
            "size": study.image_size,
            "border_crop_percent": study.border_crop_percent,
            "fit": study.fit,
            "grey": study.grey,
            "fixed_masks": study.fixed_masks,
            "bits": 8,
        },
        "cases": [
            {"number": number, "pixels": pixels, "presentation": shown, "masks": masks}
            for number, pixels, shown, masks in rows
        ],
    }


def canonical(protocol: dict[str, Any]) -> bytes:
    """The protocol as canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def protocol_sha256(protocol: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(protocol)).hexdigest()
