"""The files of one mask, in each format that has files of its own for every mask."""

import gzip
import json
from collections.abc import Iterator

from django.conf import settings

from lungstudy.library.exports.exported_mask import ExportedMask, stored_levels
from lungstudy.library.exports.zip_stream import Entry
from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.masks.nifti import nifti


def png_entries(exported: ExportedMask) -> Iterator[Entry]:
    """The stored PNG as it is, and the probability where there is one."""
    for file, name in ((exported.version.file, "masks"), (exported.version.probability, "probabilities")):
        if file:
            with file.open("rb") as opened:
                yield Entry(f"{name}/{exported.name}.png", [opened.read()])


def nifti_entries(exported: ExportedMask) -> Iterator[Entry]:
    """A slice, and beside it what its header has no room for."""
    facts = exported.facts()
    described = f"{facts['structure']}; {facts['definition']}; version {facts['version']}"
    yield Entry(f"masks/{exported.name}.nii.gz", [gzip.compress(nifti(exported.inside, described), mtime=0)])
    yield Entry(f"masks/{exported.name}.json", [json.dumps(facts, ensure_ascii=False, indent=2).encode()])


def dicom_entries(exported: ExportedMask) -> Iterator[Entry]:
    """The picture, the segmentation that refers to it, and the probability as a fractional one where there is one."""
    from lungstudy.library.pixels.masks.dicom_seg import (  # 20 MB that a web process needs for no page
        Picture,
        Segment,
        file_bytes,
        picture_dataset,
        probability_segmentation,
        segmentation,
    )

    image, version, mask_set = exported.image, exported.version, exported.mask.mask_set
    pixels: Grey = stored_levels(image.file)
    picture = picture_dataset(
        pixels, Picture(token=image.token, patient_key=image.patient_key, made_at=image.created_at)
    )
    segment = Segment(
        token=version.token,
        structure=mask_set.structure,
        definition=mask_set.get_definition_display(),
        how=exported.how,
        made_with=str(mask_set.method.get("title", mask_set.name)),
        made_at=version.made_at,
        version=settings.VERSION,
    )
    yield Entry(f"{exported.name}/picture.dcm", [file_bytes(picture)])
    yield Entry(f"{exported.name}/mask.seg.dcm", [file_bytes(segmentation(picture, exported.inside, segment))])
    if version.probability:
        fraction = probability_segmentation(picture, stored_levels(version.probability), segment)
        yield Entry(f"{exported.name}/probability.seg.dcm", [file_bytes(fraction)])
