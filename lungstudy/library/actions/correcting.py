"""Correct a mask by hand: every correction is the next version, and no earlier one is ever changed."""

import uuid

import numpy as np
from django.db import IntegrityError, transaction
from numpy.typing import NDArray

from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.actions.masks import MaskError, delete_files, mask_sha256, refuse_unfit, write_files
from lungstudy.library.actions.storing import StorageFullError, fitting, is_disk_full
from lungstudy.library.models import Mask, MaskVersion
from lungstudy.library.pixels.masks.reading import read_mask


class MeanwhileError(Exception):
    """Somebody else saved a version after the one that this correction was drawn over."""

    def __init__(self, newest: MaskVersion) -> None:
        who = f"{newest.made_by} saved" if newest.made_by else "There is"
        super().__init__(
            f"{who} version {newest.number} meanwhile, so nothing was overwritten and your drawing is still here. "
            "Look at that version, then save yours as the next one if it should count."
        )
        self.newest = newest


def correct_mask(
    *, mask: Mask, pixels: NDArray[np.bool_], based_on: int, request_key: uuid.UUID, by: User, comment: str = ""
) -> MaskVersion:
    """File the next version; the same request key files one version, however often it is sent.

    Raises
    ------
    MaskError
        The mask is empty, full, of another size than its image, or the same as the version that counts.
    MeanwhileError
        The version that counts is no longer the one that this was drawn over.
    StorageFullError
        Nothing of this version is left behind.
    """
    if known := _filed(mask, request_key):
        return known
    refuse_unfit(mask.image, pixels)
    newest = _newest(mask)
    if newest.number != based_on:
        raise MeanwhileError(newest)
    if newest.sha256 == mask_sha256(pixels):
        raise MaskError(f"The drawing is the same as version {newest.number}, so there was nothing to save.")
    version = MaskVersion(
        mask=mask, number=based_on + 1, area=int(pixels.sum()), made_by=by, request_key=request_key,
        comment=fitting(MaskVersion, "comment", comment.strip()),
    )  # fmt: skip
    return _file(version, pixels)


def restore_version(*, mask: Mask, number: int, based_on: int, request_key: uuid.UUID, by: User) -> MaskVersion:
    """Let an old version count again, as the next one."""
    old = mask.versions.get(number=number)
    with old.file.open("rb") as file:
        pixels = read_mask(file.read())
    comment = f"version {number} restored"
    return correct_mask(mask=mask, pixels=pixels, based_on=based_on, request_key=request_key, by=by, comment=comment)


def _file(version: MaskVersion, pixels: NDArray[np.bool_]) -> MaskVersion:
    """Files, row and event together, or none of them."""
    try:
        write_files(version, pixels, None)
        with transaction.atomic():
            version.save(force_insert=True)
            record_event(
                verb="corrected mask", by=version.made_by, target=version.mask, version=version.number,
                mask_set=version.mask.mask_set.name, comment=version.comment,
            )  # fmt: skip
    except BaseException as error:
        delete_files(version)
        if isinstance(error, IntegrityError):
            # A double click, or somebody who was a moment faster: the database took one of the two.
            if known := _filed(version.mask, version.request_key):
                return known
            raise MeanwhileError(_newest(version.mask)) from error
        if is_disk_full(error):
            raise StorageFullError from error
        raise
    return version


def _filed(mask: Mask, request_key: uuid.UUID) -> MaskVersion | None:
    return MaskVersion.objects.filter(mask=mask, request_key=request_key).first()


def _newest(mask: Mask) -> MaskVersion:
    return mask.versions.select_related("made_by").order_by("-number")[0]
