"""Store what was kept of an image's attention, its file and its row together or neither, and read it again."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from numpy.typing import NDArray

from generation.diffusion.attention.files import maps_in, to_bytes
from generation.diffusion.attention.heat import heat_png
from generation.diffusion.attention.wanted import Kept
from generation.models import AttentionMaps, GeneratedImage
from generation.models.attention_maps import attention_path
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.encoding import to_8_bit


@contextmanager
def no_file_without_row() -> Iterator[list[AttentionMaps]]:
    """Afterwards the files are gone of those maps in the list whose rows did not come to be, for whatever reason."""
    written: list[AttentionMaps] = []
    try:
        yield written
    except BaseException:
        for maps in written:
            delete_file(maps)
        raise
    for maps in written:
        if not AttentionMaps.objects.filter(pk=maps.pk).exists():
            delete_file(maps)


def delete_file(maps: AttentionMaps) -> None:
    """A half-written one too: the field does not name a file whose writing failed."""
    maps.file.storage.delete(attention_path(maps, ""))


def store_attention(*, generated: GeneratedImage, kept: Kept, written: list[AttentionMaps]) -> None:
    """Write the file and the row, inside the transaction that stores the image."""
    resolutions = sorted({rows for planes in kept.maps.values() for rows in planes})
    maps = AttentionMaps(
        generated=generated,
        phrases=list(kept.maps),
        missing=[{"phrase": phrase, "reason": reason} for phrase, reason in kept.missing.items()],
        resolutions=resolutions,
        first_step=kept.first_step,
        last_step=kept.last_step,
    )
    written.append(maps)
    maps.file.save("attention.safetensors", ContentFile(to_bytes(kept)), save=False)
    maps.save(force_insert=True)


def attention_of(maps: AttentionMaps) -> dict[str, dict[int, NDArray[np.float32]]]:
    """What the file holds, by phrase and rows.

    Raises
    ------
    FileNotFoundError, AttentionFileError
        It is gone, or damaged.
    """
    return maps_in(read_anew(maps.file))


def read_anew(stored: FieldFile) -> bytes:
    """A field's file, opened anew: one that was closed cannot be opened again where it lies in a bucket."""
    with stored.storage.open(stored.name or "", "rb") as file:
        content: bytes = file.read()
    return content


def heat_map_of(maps: AttentionMaps, number: int) -> bytes:
    """A PNG of the attention of one of the phrases, counted from 0, over its image.

    Raises
    ------
    LookupError, FileNotFoundError, AttentionFileError, ImageError
        There is no such phrase, or a file is gone or damaged.
    """
    phrase = maps.phrases[number]
    with maps.generated.image.file.open("rb") as file:
        picture = to_8_bit(decode(file.read()).pixels)
    return heat_png(attention_of(maps)[phrase], picture)
