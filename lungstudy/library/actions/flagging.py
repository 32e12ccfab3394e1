"""What software notices about a picture and a person should look at."""

from dataclasses import asdict
from functools import lru_cache
from typing import Any

from lungstudy.library.actions.duplicates import EXACT, DuplicateFinder
from lungstudy.library.models import Dataset, Image, Modality
from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import Decoded
from lungstudy.library.pixels.drawn_flags import SAME_LIKENESS, flags_of_drawing, likeness
from lungstudy.library.pixels.flags import flags_for
from lungstudy.library.pixels.hashes import perceptual_hash, pixel_sha256


def flags_of(decoded: Decoded, dataset: Dataset, duplicates: DuplicateFinder) -> list[dict[str, Any]]:
    """Flags from the picture itself, from what its data set should hold, and from what the library holds already."""
    seen = flags_for(decoded, "ct" if dataset.modality == Modality.CT else "radiograph")
    known = duplicates.flags(pixel_sha256=pixel_sha256(decoded.pixels), perceptual_hash=perceptual_hash(decoded.pixels))
    return [asdict(flag) for flag in seen] + known


def flags_of_drawn(pixels: Grey, dataset: Dataset) -> list[dict[str, Any]]:
    """Flags of an image that a model drew into this data set: a drawing that failed, or one that is there already."""
    seen = [asdict(flag) for flag in flags_of_drawing(pixels)]
    if seen:
        return seen  # two blank images are alike, which is not what is wrong with them
    known = finder_of(str(dataset.token))
    found = known.flags(pixel_sha256=pixel_sha256(pixels), perceptual_hash=perceptual_hash(pixels))
    return [flag for flag in found if flag["code"] == EXACT or _is_nearly(pixels, flag["other"])]


def _is_nearly(pixels: Grey, other: str) -> bool:
    """Whether the picture that has nearly the same hash is nearly the same picture."""
    with Image.objects.get(token=other).thumbnail.open("rb") as file:
        return likeness(pixels, decode(file.read()).pixels) > SAME_LIKENESS


@lru_cache(maxsize=4)
def finder_of(token: str) -> DuplicateFinder:
    """The data set's hashes, read once for each worker and then only the new ones."""
    return DuplicateFinder(Dataset.objects.get(token=token))
