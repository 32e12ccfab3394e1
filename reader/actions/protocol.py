"""The protocol of a sealed study: everything that decides what readers see, as canonical JSON with one hash."""

import hashlib
import json
from typing import Any

from lungstudy.library.pixels.presenting import Policy
from reader.actions import drawing, ordering
from reader.models import Presentation, Study

VERSION = 1


def policy_of(study: Study) -> Policy:
    """How this study shows a film."""
    return Policy(
        size=study.image_size,
        border_crop=study.border_crop_percent / 100,
        fit=study.fit,  # type: ignore[arg-type]
        grey=study.grey,  # type: ignore[arg-type]
        fixed_masks=study.fixed_masks,
    )


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
        "presentation": {
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


def protocol_sha256(protocol: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
