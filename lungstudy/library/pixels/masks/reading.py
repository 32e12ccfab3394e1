"""Reads a mask that somebody drew elsewhere: a PNG of two grey levels, black outside."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lungstudy.library.pixels.decoded import MAX_PIXELS, ImageError
from lungstudy.library.pixels.png_structure import SIGNATURE, names_in_png


class MaskFileError(ValueError):
    """Why a file is no mask, and what to do, in one sentence for the user."""


def read_mask(data: bytes) -> NDArray[np.bool_]:
    """The pixels inside, from a PNG of one bit, grey, palette or RGB that holds black and one other level.

    Raises
    ------
    MaskFileError
        For anything else, an empty and a full mask among it.
    """
    levels = _grey_levels(data)
    found = np.flatnonzero(np.bincount(levels.ravel()))
    if len(found) > 2:
        raise MaskFileError(
            f"It has {len(found)} grey levels; a mask has two. Draw the line between inside and outside, save that."
        )
    if len(found) < 2:
        what = "empty" if found[0] == 0 else "full"
        side = "outside" if found[0] == 0 else "inside"
        raise MaskFileError(f"The mask is {what}: every pixel is {side}. Leave it out, or draw it again.")
    if found[0] != 0:
        raise MaskFileError(f"Its darker level is {found[0]}; a mask is black (0) outside. Save it with black outside.")
    return np.asarray(levels > 0)


def _grey_levels(data: bytes) -> NDArray[Any]:
    if data[:8] != SIGNATURE:
        raise MaskFileError("It is no PNG. Save the mask as a PNG: other formats may blur its edge.")
    try:
        names_in_png(data)
        with Image.open(BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise MaskFileError(f"It has {picture.width} x {picture.height} pixels, more than any image here.")
            return _one_channel(picture)
    except ImageError as error:
        raise MaskFileError(str(error)) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, MaskFileError):
            raise
        raise MaskFileError("The PNG is damaged and cannot be read; copy or export it again.") from error


def _one_channel(picture: Image.Image) -> NDArray[Any]:
    """Grey levels; what a browser's canvas saves (grey in four channels, nothing see-through) is taken too."""
    if picture.mode in ("1", "L", "I;16"):
        return np.asarray(picture)
    channels = np.asarray(picture.convert("RGBA"))
    if (channels[..., 3] != 255).any():
        raise MaskFileError("It is see-through in places. Save the mask as black and white, without transparency.")
    if (channels[..., :3] != channels[..., :1]).any():
        raise MaskFileError("It is in colour. Save the mask as black and white, one structure a file.")
    return np.ascontiguousarray(channels[..., 0])
