"""Grey PNG files without any metadata, small or all of one length; and small pictures for grids."""

import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lungstudy.library.pixels.arrays import Grey, require_grey

SIGNATURE = b"\x89PNG\r\n\x1a\n"
STORED_BLOCK = 65_535  # most bytes that one uncompressed deflate block holds (RFC 1951, 3.2.4)


def encode_png(pixels: Grey) -> bytes:
    """The library's normal form: a PNG of the pixels' own depth, holding IHDR, IDAT and IEND and nothing else.

    The same pixels give the same bytes with the same version of Pillow.
    """
    target = BytesIO()
    picture = Image.fromarray(np.ascontiguousarray(require_grey(pixels)))
    # Film grain does not repeat, so run lengths alone do as well as the search for repeats, in half the time.
    picture.save(target, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    return target.getvalue()


def encode_constant_length_png(pixels: Grey) -> bytes:
    """A grey PNG whose length depends on size and depth alone: its deflate blocks are stored, not compressed."""
    height, width = require_grey(pixels).shape
    header = struct.pack(">IIBBBBB", width, height, 8 * pixels.dtype.itemsize, 0, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", _stored(_scan_lines(pixels))), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)


def constant_length(width: int, height: int, bits: int = 8) -> int:
    """Bytes of every `encode_constant_length_png` of that size and depth."""
    raw = height * (1 + width * bits // 8)
    blocks = -(-raw // STORED_BLOCK)
    return len(SIGNATURE) + 3 * 12 + 13 + 2 + 5 * blocks + raw + 4


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


def _scan_lines(pixels: Grey) -> bytes:
    """Rows as PNG stores them, each behind a zero that says it is not filtered; 16 bits are big endian."""
    rows = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder(">"))
    lines = rows.view(np.uint8).reshape(pixels.shape[0], -1)
    return np.pad(lines, ((0, 0), (1, 0))).tobytes()


def _stored(raw: bytes) -> bytes:
    """A zlib stream of stored blocks (RFC 1950, RFC 1951)."""
    parts = [b"\x78\x01"]
    for start in range(0, len(raw), STORED_BLOCK):
        block = raw[start : start + STORED_BLOCK]
        is_last = start + STORED_BLOCK >= len(raw)
        parts.append(struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block)
    parts.append(struct.pack(">I", zlib.adler32(raw)))
    return b"".join(parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
