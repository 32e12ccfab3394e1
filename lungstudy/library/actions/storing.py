"""The one way an image enters the library: its files and its row together, or neither."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, models, transaction
from safetensors import SafetensorError

from lungstudy.library.models import Dataset, Image, ImportRun
from lungstudy.library.models.image import image_path, thumbnail_path
from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.encoding import encode_png, thumbnail
from lungstudy.library.pixels.hashes import perceptual_hash, pixel_sha256

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class StorageFullError(Exception):
    """The disk, or the database's disk, took no more."""

    def __init__(self) -> None:
        super().__init__(
            "The disk is full. Free some space, then start again: what is stored stays, and the rest is added."
        )


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """What is known about an image beside its pixels; empty where it is not known."""

    source_name: str = ""
    source_format: str = ""
    modality: str = ""
    window: str = ""
    finding: str = ""
    view: str = ""
    sex: str = ""
    age: str = ""
    patient_key: str = ""
    removed_tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    flags: list[dict[str, Any]] = field(default_factory=list)


def store_image(
    *,
    dataset: Dataset,
    pixels: Grey,
    source_sha256: str,
    facts: ImageFacts,
    import_run: ImportRun | None = None,
    also: Callable[[Image], object] | None = None,
) -> tuple[Image, bool]:
    """Store grey pixels (uint8 or uint16, two-dimensional) as a PNG with its thumbnail and its row.

    Parameters
    ----------
    source_sha256 : str
        Names the source for good: the hash of the imported file, or of a recipe. What the data set holds already
        is returned as it is, and nothing is written.
    also : callable, optional
        Writes rows that must exist together with the image (its recipe, say), in the same transaction.

    Returns
    -------
    (Image, bool)
        The image, and whether this call added it.

    Raises
    ------
    StorageFullError
        Nothing of this image is left behind; what was stored before stays.
    """
    known = Image.objects.filter(dataset=dataset, source_sha256=source_sha256).first()
    if known:
        return known, False
    image = Image(dataset=dataset, source_sha256=source_sha256, import_run=import_run, **_fitting(facts))
    image.height, image.width = pixels.shape
    image.bits = 8 * pixels.dtype.itemsize
    image.pixel_sha256 = pixel_sha256(pixels)
    image.perceptual_hash = perceptual_hash(pixels)
    try:
        _write_files(image, pixels)
        with transaction.atomic():
            image.save(force_insert=True)
            if also:
                also(image)
    except BaseException as error:
        _delete_files(image)
        return _after_failure(error, dataset, source_sha256), False
    return image, True


def _write_files(image: Image, pixels: Grey) -> None:
    image.file.save("image.png", ContentFile(encode_png(pixels)), save=False)
    image.thumbnail.save("thumbnail.png", ContentFile(encode_png(thumbnail(pixels))), save=False)


def _delete_files(image: Image) -> None:
    """Remove both files, half-written ones too: the field does not name a file whose writing failed."""
    for stored, name in ((image.file, image_path(image, "")), (image.thumbnail, thumbnail_path(image, ""))):
        stored.storage.delete(name)


def _after_failure(error: BaseException, dataset: Dataset, source_sha256: str) -> Image:
    """The image that another worker stored a moment earlier; anything else is raised on."""
    if isinstance(error, IntegrityError):
        first = Image.objects.filter(dataset=dataset, source_sha256=source_sha256).first()
        if first:
            return first
    if is_disk_full(error):
        raise StorageFullError from error
    raise error


def is_disk_full(error: BaseException) -> bool:
    """Whether a file system, a database or the writer of weights says that it has no room left."""
    if isinstance(error, OSError):
        return error.errno in DISK_FULL
    # SQLite: "database or disk is full"; Postgres and safetensors: "No space left on device", "Disk quota exceeded".
    told = ("disk is full", "No space left", "quota exceeded")
    return isinstance(error, (OperationalError, SafetensorError)) and any(words in str(error) for words in told)


def _fitting(facts: ImageFacts) -> dict[str, Any]:
    """The facts, each text cut to its column: Postgres refuses longer ones, and the byte 0."""
    values = {each.name: getattr(facts, each.name) for each in fields(facts)}
    return {name: fitting(Image, name, value) if isinstance(value, str) else value for name, value in values.items()}


def fitting(model: type[models.Model], field_name: str, text: str) -> str:
    """Text that any database takes in that column."""
    column = model._meta.get_field(field_name)
    longest = column.max_length if isinstance(column, models.Field) else None
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode()
    return clean[:longest]
