"""A set of masks as files: the masks in one of four formats, a table, and what the set is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from lungstudy.csv_lines import as_csv
from lungstudy.library.exports.coco_file import coco_parts
from lungstudy.library.exports.exported_mask import ExportedMask
from lungstudy.library.exports.mask_formats import dicom_entries, nifti_entries, png_entries
from lungstudy.library.exports.zip_stream import Entry
from lungstudy.library.models import Mask, MaskSet

FOLDERS = {"png": png_entries, "nifti": nifti_entries, "dicom": dicom_entries}
COCO = "coco"
FORMATS = (*FOLDERS, COCO)
AT_ONCE = 100
# The first three are what an import of masks asks for, so that an export comes back in.
COLUMNS = (
    "image", "mask_file", "definition", "structure", "image_name", "patient_key", "version", "versions", "made_by",
    "made_at", "comment", "score", "entropy", "agreement", "area_px", "width", "height", "sha256",
)  # fmt: skip


@dataclass
class MaskSetExport:
    """The newest version of every mask that counts; a file that is missing is left out, and said.

    Left out, as in experiments, are masks that somebody rejected, and masks of images that somebody excluded.
    """

    mask_set: MaskSet
    format: str
    missing: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Settle which masks are in it; keys alone, so that a million of them is a few megabytes."""
        self.kept = self.mask_set.masks.kept().of_usable_images()
        self.keys: list[int] = list(self.kept.order_by("pk").values_list("pk", flat=True))

    def entries(self) -> Iterator[Entry]:
        """Every file; what the set is comes last, since only then is it known what was missing."""
        if self.format == COCO:
            yield Entry("annotations.json", (part.encode() for part in coco_parts(self.mask_set, self.readable)))
        else:
            yield from self.files()
        yield Entry("masks.csv", (line.encode() for line in as_csv(COLUMNS, self.rows())))
        yield Entry("mask_set.json", [json.dumps(self.card(), ensure_ascii=False, indent=2).encode()])

    def files(self) -> Iterator[Entry]:
        """The files of each mask: all of them, or none where one of them is missing."""
        for exported in self.readable():
            try:
                of_one = list(FOLDERS[self.format](exported))
            except FileNotFoundError:
                self.missing.add(exported.mask.pk)
            else:
                yield from of_one

    def readable(self) -> Iterator[ExportedMask]:
        """Masks with their pixels, a few at a time."""
        for mask in self.masks():
            try:
                yield ExportedMask.of(mask)
            except FileNotFoundError:
                self.missing.add(mask.pk)

    def masks(self) -> Iterator[Mask]:
        """The masks of the export that are not known to be missing."""
        for start in range(0, len(self.keys), AT_ONCE):
            found = Mask.objects.with_newest().in_bulk(self.keys[start : start + AT_ONCE])
            yield from (mask for key, mask in sorted(found.items()) if key not in self.missing)

    def rows(self) -> Iterator[list[Any]]:
        """A line of the table for each mask."""
        for mask in self.masks():
            version, image = mask.newest, mask.image
            name = image.token.hex
            yield [
                name, self.file_of(name), self.mask_set.definition, self.mask_set.structure, image.source_name,
                image.patient_key, version.number, len(mask.versions.all()),
                str(version.made_by) if version.made_by else self.mask_set.get_source_display().lower(),
                version.made_at, version.comment, mask.score, mask.entropy, mask.agreement, version.area,
                image.width, image.height, version.sha256,
            ]  # fmt: skip

    def file_of(self, name: str) -> str:
        """Where the mask of an image lies in this export."""
        places = {"png": f"masks/{name}.png", "nifti": f"masks/{name}.nii.gz", "dicom": f"{name}/mask.seg.dcm"}
        return places.get(self.format, "annotations.json")

    def card(self) -> dict[str, Any]:
        """What the masks are, and by which definition: whoever has the files has this."""
        mask_set = self.mask_set
        return {
            "name": mask_set.name,
            "structure": mask_set.structure,
            "definition": mask_set.definition,
            "definition_in_words": mask_set.get_definition_display(),
            "source": mask_set.source,
            "source_in_words": mask_set.get_source_display(),
            "method": mask_set.method,
            "licence": mask_set.licence or "not stated",
            "citation": mask_set.citation,
            "masks": len(self.keys) - len(self.missing),
            "corrected_by_hand": self.kept.corrected().count(),
            "rejected_and_left_out": mask_set.masks.rejected().count(),
            "of_excluded_images_and_left_out": mask_set.masks.kept().count() - len(self.keys),
            "not_found_in_the_store": len(self.missing),
            "exported_by": f"lungstudy {settings.VERSION}",
            "note": "For research, not for diagnosis. Masks of different definitions must not be pooled.",
        }
