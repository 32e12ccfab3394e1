"""A set of masks as one COCO file, written part by part."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings

from lungstudy.library.exports.exported_mask import ExportedMask
from lungstudy.library.models import MaskSet
from lungstudy.library.pixels.masks.coco import annotation, category


def coco_parts(mask_set: MaskSet, masks: Callable[[], Iterator[ExportedMask]]) -> Iterator[str]:
    """The JSON text; annotations first, since reading them finds out which masks are missing."""
    definition = mask_set.get_definition_display()
    head = {
        "info": {
            "description": f"{mask_set.name}. Structure: {mask_set.structure}. Definition: {definition}.",
            "structure": mask_set.structure,
            "definition": mask_set.definition,
            "contributor": mask_set.citation,
            "version": f"lungstudy {settings.VERSION}",
        },
        "licenses": [{"id": 1, "name": mask_set.licence or "not stated", "url": ""}],
        "categories": [category(mask_set.structure, mask_set.definition)],
    }
    images: list[dict[str, Any]] = []
    yield _text(head)[:-1] + ', "annotations": ['
    for number, exported in enumerate(masks(), start=1):
        images.append(_image(number, exported))
        made = annotation(number, exported.inside, version=exported.version.number, score=exported.mask.score)
        yield (", " if number > 1 else "") + _text(made)
    yield '], "images": ' + _text(images) + "}"


def _image(number: int, exported: ExportedMask) -> dict[str, Any]:
    image = exported.image
    size = {"width": image.width, "height": image.height, "license": 1}
    return {"id": number, "file_name": f"{exported.name}.png", **size, "source_name": image.source_name}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
