"""Grey PNG files without any metadata, as small as zlib makes them or all of one length."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lungstudy.library.pixels.arrays import Grey, check_grey

SIGNATURE = b"\x89PNG\r\n\x1a\n"
STORED_BLOCK = 65_535
"""Most bytes that one uncompressed deflate block holds (RFC 1951, 3.2.4)."""


def encode_png(pixels: Grey) -> bytes:
    """The library's normal form: a compressed grey PNG with no chunk but header, data and end.

    Parameters
    ----------
    pixels : ndarray of uint8 or uint16, shape (height, width)

    Returns
    -------
    bytes
        The same file for the same pixels, whatever they came from.
    """
    return _png(pixels, zlib.compress(_scanlines(pixels), 6))


def encode_constant_length_png(pixels: Grey) -> bytes:
    """A grey PNG whose length depends on size and depth alone: its deflate blocks are stored, not compressed."""
    return _png(pixels, _stored(_scanlines(pixels)))


def constant_length(width: int, height: int, bits: int = 8) -> int:
    """Bytes of every `encode_constant_length_png` of that size and depth."""
    raw = height * (1 + width * bits // 8)
    blocks = -(-raw // STORED_BLOCK)
    return len(SIGNATURE) + 3 * 12 + 13 + 2 + 5 * blocks + raw + 4


def thumbnail(pixels: Grey, longest: int = 256) -> NDArray[np.uint8]:
    """The picture with its longest side at most `longest` pixels, 8 bit, for grids.

    A 16-bit picture is stretched from its own darkest to its brightest pixel, or 12-bit films would look black.
    """
    check_grey(pixels)
    scale = min(1.0, longest / max(pixels.shape))
    height, width = (max(1, round(side * scale)) for side in pixels.shape)
    if pixels.dtype == np.uint16:
        low, high = float(pixels.min()), float(pixels.max())
        pixels = ((pixels - low) * (255.0 / max(high - low, 1.0))).astype(np.uint8)
    small = Image.fromarray(pixels).resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.uint8)


def _scanlines(pixels: Grey) -> bytes:
    """PNG scan lines: each row behind a zero that says it is not filtered; 16 bit is big endian."""
    check_grey(pixels)
    rows = np.ascontiguousarray(pixels.astype(">u2") if pixels.dtype == np.uint16 else pixels)
    lines = rows.view(np.uint8).reshape(pixels.shape[0], -1)
    return np.pad(lines, ((0, 0), (1, 0))).tobytes()


def _stored(raw: bytes) -> bytes:
    """A zlib stream of stored blocks (RFC 1950, 1951)."""
    parts = [b"\x78\x01"]
    starts = range(0, len(raw), STORED_BLOCK)
    for start in starts:
        block = raw[start : start + STORED_BLOCK]
        last = start == starts[-1]
        parts.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    parts.append(struct.pack(">I", zlib.adler32(raw)))
    return b"".join(parts)


def _png(pixels: Grey, data: bytes) -> bytes:
    height, width = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, 0, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
