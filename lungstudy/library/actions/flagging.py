"""What software notices about a picture and a person should look at."""

from dataclasses import asdict
from typing import Any

from lungstudy.library.actions.duplicates import DuplicateFinder
from lungstudy.library.models import Dataset, Modality
from lungstudy.library.pixels.decoded import Decoded
from lungstudy.library.pixels.flags import flags_for
from lungstudy.library.pixels.hashes import perceptual_hash, pixel_sha256


def flags_of(decoded: Decoded, dataset: Dataset, duplicates: DuplicateFinder) -> list[dict[str, Any]]:
    """Flags from the picture itself, from what its data set should hold, and from what the library holds already."""
    seen = flags_for(decoded, "ct" if dataset.modality == Modality.CT else "radiograph")
    known = duplicates.flags(pixel_sha256=pixel_sha256(decoded.pixels), perceptual_hash=perceptual_hash(decoded.pixels))
    return [asdict(flag) for flag in seen] + known
