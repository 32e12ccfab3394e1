"""Names for pictures: of the file, of its pixels, and of what it looks like."""

import hashlib

import numpy as np
from PIL import Image
from scipy.fft import dctn

from lungstudy.library.pixels.arrays import Grey, require_grey
from lungstudy.library.pixels.encoding import to_8_bit

SIDE = 32  # the picture is squeezed onto this square before it is hashed
# Two hashes this close are nearly the same film.
NEARLY_SAME_BITS = 6


def content_sha256(content: bytes) -> str:
    """The hash of a file as it came."""
    return hashlib.sha256(content).hexdigest()


def pixel_sha256(pixels: Grey) -> str:
    """The hash of depth, size and grey levels: the same for one picture in any lossless format."""
    height, width = require_grey(pixels).shape
    bits = 8 * pixels.dtype.itemsize
    digest = hashlib.sha256(f"grey {bits} bit {width}x{height}\n".encode())
    digest.update(np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<")).data)
    return digest.hexdigest()


def perceptual_hash(pixels: Grey) -> str:
    """Sixty-four bits as 16 hexadecimal digits: which of the lowest 8 x 8 cosines lie above their median.

    Close for the same film in another size, depth or compression (pHash: Zauner 2010, section 3.2.1).
    """
    small = Image.fromarray(np.ascontiguousarray(to_8_bit(pixels)))
    squeezed = np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=float)
    cosines = dctn(squeezed, norm="ortho")[1:9, 1:9]
    bits = cosines.ravel() > np.median(cosines)
    return np.packbits(bits).tobytes().hex()


def hash_distance(one: str, other: str) -> int:
    """How many of the 64 bits of two perceptual hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def near_duplicate(one: str, other: str) -> bool:
    """Whether two perceptual hashes are close enough for a person to look at both films."""
    return hash_distance(one, other) <= NEARLY_SAME_BITS
