"""Find films that are there already: exactly in the whole library, nearly within the data set."""

from typing import Any

import numpy as np

from lungstudy.library.models import Dataset, Image
from lungstudy.library.pixels.hashes import NEARLY_SAME_BITS

EXACT = "duplicate"
NEAR = "near_duplicate"


class DuplicateFinder:
    """Holds the perceptual hashes of one data set, 16 bytes for each image, and reads new ones before each answer."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._keys = np.empty(0, dtype=np.int64)
        self._hashes = np.empty(0, dtype=np.uint64)

    def flags(self, *, pixel_sha256: str, perceptual_hash: str) -> list[dict[str, Any]]:
        """At most one flag: the same pixels somewhere in the library, or nearly the same film in this data set."""
        same = Image.objects.filter(pixel_sha256=pixel_sha256).select_related("dataset").order_by("pk").first()
        if same:
            place = "this data set" if same.dataset_id == self.dataset.pk else f"the data set “{same.dataset}”"
            return [_flag(EXACT, f"The same pixels as {_name(same)} in {place}.", same)]
        near = self._nearest(perceptual_hash)
        return [_flag(NEAR, f"Nearly the same picture as {_name(near)} in this data set.", near)] if near else []

    def _nearest(self, perceptual_hash: str) -> Image | None:
        self._read_new()
        if not self._keys.size:
            return None
        distances = np.bitwise_count(self._hashes ^ np.uint64(int(perceptual_hash, 16)))
        closest = int(distances.argmin())
        if distances[closest] > NEARLY_SAME_BITS:
            return None
        return Image.objects.filter(pk=self._keys[closest]).first()

    def _read_new(self) -> None:
        """Images that this or any other worker added since."""
        last = int(self._keys[-1]) if self._keys.size else 0
        new = list(self.dataset.images.filter(pk__gt=last).order_by("pk").values_list("pk", "perceptual_hash"))
        if new:
            self._keys = np.append(self._keys, [key for key, _ in new])
            self._hashes = np.append(self._hashes, np.array([int(each, 16) for _, each in new], dtype=np.uint64))


def _flag(code: str, sentence: str, other: Image) -> dict[str, Any]:
    return {"code": code, "sentence": sentence, "other": str(other.token)}


def _name(image: Image) -> str:
    return f"“{image.source_name}”" if image.source_name else str(image)
