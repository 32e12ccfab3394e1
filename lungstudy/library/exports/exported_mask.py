"""One mask on its way out: its pixels, its image, and what is said of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models.fields.files import FieldFile
from numpy.typing import NDArray
from PIL import Image as Pillow

from lungstudy.library.models import Image, Mask, MaskSource, MaskVersion


@dataclass(frozen=True)
class ExportedMask:
    """The newest version of a mask."""

    mask: Mask
    version: MaskVersion
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, mask: Mask) -> "ExportedMask":
        """Reads the file; a FileNotFoundError says that the store lost it."""
        return cls(mask, mask.newest, stored_levels(mask.newest.file) > 0)

    @property
    def image(self) -> Image:
        """That it was drawn over."""
        return self.mask.image

    @property
    def name(self) -> str:
        """Of its files: the image's token, which says nothing about anybody."""
        return self.image.token.hex

    @property
    def how(self) -> str:
        """MANUAL, AUTOMATIC, or SEMIAUTOMATIC where a person corrected what software drew (DICOM's words)."""
        if self.mask.mask_set.source == MaskSource.PEOPLE:
            return "MANUAL"
        return "SEMIAUTOMATIC" if self.version.made_by_id else "AUTOMATIC"

    def facts(self) -> dict[str, Any]:
        """What stands beside a mask in a format that has no place for it."""
        mask_set = self.mask.mask_set
        return {
            "image": self.name,
            "structure": mask_set.structure,
            "definition": mask_set.definition,
            "definition_in_words": mask_set.get_definition_display(),
            "mask_set": mask_set.name,
            "source": mask_set.source,
            "version": self.version.number,
            "score": self.mask.score,
        }


def stored_levels(file: FieldFile) -> NDArray[Any]:
    """The grey levels of a stored PNG, 8 or 16 bit."""
    with file.open("rb") as opened, Pillow.open(opened) as picture:
        return np.asarray(picture)
