"""Hashes: one for the file, one for its pixels, one for its looks."""

import hashlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.hashes import (
    content_sha256,
    hash_distance,
    near_duplicate,
    perceptual_hash,
    pixel_sha256,
)
from tests.library.pixels.made import dicom, film, saved

FILM = film()


def test_a_file_is_hashed_as_every_tool_does():
    assert content_sha256(b"abc") == hashlib.sha256(b"abc").hexdigest()


def test_pixels_hash_alike_from_png_tiff_and_dicom():
    files = [saved(FILM, "PNG"), saved(FILM, "TIFF", compression="tiff_lzw"), dicom(FILM)]
    assert len({pixel_sha256(decode(file).pixels) for file in files}) == 1


def test_shape_and_depth_are_part_of_the_pixels():
    pictures = [FILM, FILM.reshape(210, 230), FILM.astype(np.uint16), np.asarray(FILM.T)]
    assert len({pixel_sha256(picture) for picture in pictures}) == 4


def variants():
    image = Image.fromarray(FILM)
    yield np.asarray(image.resize((105, 115), Image.Resampling.BICUBIC))
    yield np.asarray(Image.open(BytesIO(saved(FILM, "JPEG", quality=60))))
    yield FILM.astype(np.uint16) * 257
    yield (255 * (FILM / 255) ** 0.8).astype(np.uint8)


@pytest.mark.parametrize("variant", list(variants()), ids=["half size", "JPEG", "16 bit", "gamma"])
def test_the_same_film_in_another_dress_is_a_near_duplicate(variant):
    assert near_duplicate(perceptual_hash(FILM), perceptual_hash(variant))


@pytest.mark.parametrize("other", [np.fliplr(FILM), 255 - FILM, np.rot90(FILM)], ids=["mirrored", "inverted", "turned"])
def test_a_mirrored_inverted_or_turned_film_is_none(other):
    assert not near_duplicate(perceptual_hash(FILM), perceptual_hash(np.ascontiguousarray(other)))


def test_hashes_are_sixteen_digits_and_their_distance_counts_bits():
    assert len(perceptual_hash(FILM)) == 16
    assert hash_distance("0000000000000000", "ffffffffffffffff") == 64
    assert hash_distance("0000000000000001", "0000000000000003") == 1
