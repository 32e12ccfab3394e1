"""The one way a mask enters the library: its files and its rows together, or neither."""

import numpy as np
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from numpy.typing import NDArray

from lungstudy.accounts.models import User
from lungstudy.library.actions.storing import StorageFullError, is_disk_full
from lungstudy.library.models import Image, Mask, MaskSet, MaskVersion
from lungstudy.library.models.mask import mask_path, probability_path
from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.hashes import pixel_sha256

INSIDE = 255


class MaskError(ValueError):
    """Why a mask cannot be stored, in one sentence with what to do."""


def refuse_unfit(image: Image, pixels: NDArray[np.bool_]) -> None:
    """Refuse a mask that says nothing about this image.

    Raises
    ------
    MaskError
        It has another size than the image, or covers nothing or everything.
    """
    named = f"The mask of {image}" + (f" ({image.source_name})" if image.source_name else "")
    if pixels.shape != (image.height, image.width):
        height, width = pixels.shape
        raise MaskError(
            f"{named} has {width} x {height} pixels and the image {image.width} x {image.height}; "
            "give the mask that was drawn over this very image, at its size."
        )
    if not pixels.any():
        raise MaskError(f"{named} is empty; leave the image without a mask, or give one with something inside.")
    if pixels.all():
        raise MaskError(f"{named} covers the whole image; give one with something outside.")


def store_mask(
    *,
    mask_set: MaskSet,
    image: Image,
    pixels: NDArray[np.bool_],
    probability: NDArray[np.uint8] | None = None,
    score: float | None = None,
    entropy: float | None = None,
    agreement: float | None = None,
    by: User | None = None,
    comment: str = "",
) -> MaskVersion:
    """Store an image's first mask in a set; where the set has one already, that one is returned as it is.

    Parameters
    ----------
    pixels : ndarray of bool, shape (height, width)
        True inside.
    probability : ndarray of uint8, shape (height, width), optional
        255 is certainty.

    Raises
    ------
    MaskError
        The mask is empty, full, or of another size than the image.
    StorageFullError
        Nothing of this mask is left behind; what was stored before stays.
    """
    if known := first_version(mask_set, image):
        return known
    refuse_unfit(image, pixels)
    measures = {"score": score, "entropy": entropy, "agreement": agreement}
    version = MaskVersion(number=1, area=int(pixels.sum()), made_by=by, comment=comment)
    try:
        write_files(version, pixels, probability)
        with transaction.atomic():
            version.mask, _ = Mask.objects.get_or_create(mask_set=mask_set, image=image, defaults=measures)
            version.save(force_insert=True)
    except BaseException as error:
        delete_files(version)
        if isinstance(error, IntegrityError) and (first := first_version(mask_set, image)):
            return first  # another worker stored it a moment earlier
        if is_disk_full(error):
            raise StorageFullError from error
        raise
    return version


def first_version(mask_set: MaskSet, image: Image) -> MaskVersion | None:
    """What came with the set, if anything did."""
    return MaskVersion.objects.filter(mask__mask_set=mask_set, mask__image=image, number=1).first()


def mask_sha256(pixels: NDArray[np.bool_]) -> str:
    """What a version with these pixels has for a hash."""
    return pixel_sha256(levels_of(pixels))


def levels_of(pixels: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """As they are stored: 0 outside and 255 inside."""
    return np.where(pixels, INSIDE, 0).astype(np.uint8)


def write_files(version: MaskVersion, pixels: NDArray[np.bool_], probability: NDArray[np.uint8] | None) -> None:
    """Write a version's files and note the hash of its pixels; its row is not saved."""
    levels = levels_of(pixels)
    version.sha256 = pixel_sha256(levels)
    version.file.save("mask.png", ContentFile(encode_png(levels)), save=False)
    if probability is not None:
        version.probability.save("probability.png", ContentFile(encode_png(probability)), save=False)


def delete_files(version: MaskVersion) -> None:
    """Remove both files, half-written ones too: the field does not name a file whose writing failed."""
    for stored, name in ((version.file, mask_path(version, "")), (version.probability, probability_path(version, ""))):
        stored.storage.delete(name)
