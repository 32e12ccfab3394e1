"""The library's normal form: grey PNG, 8 or 16 bit, without any metadata; and small pictures for grids."""

import zlib
from io import BytesIO
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]


def encode_png(pixels: Grey) -> bytes:
    """Grey pixels as a PNG of their own depth, holding IHDR, IDAT and IEND and nothing else.

    The same pixels give the same bytes with the same version of Pillow.
    """
    target = BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(require_grey(pixels)))
    # Film grain does not repeat, so run lengths alone do as well as the search for repeats, in half the time.
    picture.save(target, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return target.getvalue()


def thumbnail(pixels: Grey, longest: int = 256) -> NDArray[np.uint8]:
    """Eight-bit pixels whose longer side is at most `longest`; smaller pictures keep their size."""
    picture = Image.fromarray(np.ascontiguousarray(to_8_bit(pixels)))
    scale = longest / max(picture.size)
    if scale >= 1:
        return np.asarray(picture)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0))


def thumbnail_png(pixels: Grey, longest: int = 256) -> bytes:
    """The small picture as a PNG."""
    return encode_png(thumbnail(pixels, longest))


def to_8_bit(pixels: Grey) -> NDArray[np.uint8]:
    """The same greys in 8 bits, rounded: 65535 becomes 255."""
    if require_grey(pixels).dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    table = np.rint(np.arange(65536) / 257).astype(np.uint8)
    return table[pixels]


def require_grey(pixels: Grey) -> Grey:
    """The pixels themselves, once they are known to be a grey picture."""
    if pixels.ndim != 2 or pixels.dtype not in (np.uint8, np.uint16) or 0 in pixels.shape:
        raise ValueError(
            f"A grey picture is needed: two-dimensional, uint8 or uint16; "
            f"this array is {pixels.dtype} of shape {pixels.shape}."
        )
    return pixels
