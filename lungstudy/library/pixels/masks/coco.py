"""Masks as COCO annotations: one category, run lengths in pycocotools' compressed form."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as run_lengths

CATEGORY = 1


def annotation(number: int, inside: NDArray[np.bool_], **more: Any) -> dict[str, Any]:
    """One annotation, of the image with the same number; `more` is added as it is.

    References
    ----------
    COCO data format, "1. Object Detection" (cocodataset.org/#format-data): area in pixels, box as x, y, width, height.
    """
    rle = run_lengths.encode(np.asfortranarray(inside.astype(np.uint8)))
    return {
        "id": number,
        "image_id": number,
        "category_id": CATEGORY,
        "segmentation": {"size": [int(side) for side in rle["size"]], "counts": rle["counts"].decode("ascii")},
        "area": int(run_lengths.area(rle)),
        "bbox": [float(side) for side in run_lengths.toBbox(rle)],
        "iscrowd": 0,
        **more,
    }


def category(structure: str, definition: str) -> dict[str, Any]:
    """The one category; the definition of its outline is part of it."""
    return {"id": CATEGORY, "name": structure, "supercategory": "anatomy", "definition": definition}
