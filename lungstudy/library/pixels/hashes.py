"""Hashes that tell the same file, the same pixels, and nearly the same film."""

import hashlib

import numpy as np
from PIL import Image

from lungstudy.library.pixels.arrays import Grey, check_grey

NEAR_BITS = 4
"""Pictures whose perceptual hashes differ in at most so many of 64 bits are called near duplicates."""


def content_sha256(data: bytes) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def pixel_sha256(pixels: Grey) -> str:
    """SHA-256 of a picture's size, depth and pixels, the same whatever file they came in."""
    check_grey(pixels)
    height, width = pixels.shape
    head = f"{width}x{height}x{8 * pixels.dtype.itemsize}:".encode()
    return hashlib.sha256(
        head + np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder(">"))).tobytes()
    ).hexdigest()


def perceptual_hash(pixels: Grey) -> str:
    """64 bits, as 16 hexadecimal digits: whether each of 8 x 8 cells is darker than its right neighbour.

    Survives another depth, window or scale of the same film.
    """
    check_grey(pixels)
    small = Image.fromarray(pixels.astype(np.float32), mode="F").resize((9, 8), Image.Resampling.BOX)
    cells = np.asarray(small)
    bits = (cells[:, 1:] > cells[:, :-1]).ravel()
    return np.packbits(bits).tobytes().hex()


def hash_distance(first: str, second: str) -> int:
    """In how many of 64 bits two perceptual hashes differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()
