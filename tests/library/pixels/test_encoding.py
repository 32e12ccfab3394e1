"""Grey PNGs without metadata: the library's normal form, one of constant length, and thumbnails."""

import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from lungstudy.library.pixels.encoding import (
    constant_length,
    encode_constant_length_png,
    encode_png,
    thumbnail,
    thumbnail_png,
    to_8_bit,
)
from tests.library.pixels.made import film

FILM = film()
NOISE = np.random.default_rng(1).integers(0, 256, FILM.shape).astype(np.uint8)
PICTURES = {"film": FILM, "noise": NOISE, "blank": np.zeros_like(FILM)}
greys = st.sampled_from([np.uint8, np.uint16]).flatmap(
    lambda depth: arrays(depth, st.tuples(st.integers(1, 90), st.integers(1, 90)))
)


def read(png):
    return np.asarray(Image.open(BytesIO(png)))


def chunks(png):
    kinds, at = [], 8
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        assert zlib.crc32(png[at + 4 : at + 8 + length]) == int.from_bytes(
            png[at + 8 + length : at + 12 + length], "big"
        )
        kinds.append(kind)
        at += 12 + length
    return kinds


@given(greys)
def test_every_grey_picture_comes_back_from_both_encoders(pixels):
    for encode in (encode_png, encode_constant_length_png):
        png = encode(pixels)
        assert (read(png) == pixels).all()
        assert set(chunks(png)) == {b"IHDR", b"IDAT", b"IEND"}


@pytest.mark.parametrize("encode", [encode_png, encode_constant_length_png])
def test_the_same_pixels_give_the_same_bytes_however_they_lie_in_memory(encode):
    turned = np.asfortranarray(FILM)
    swapped = FILM.astype(">u2").astype(np.uint16)
    assert encode(turned) == encode(FILM) and encode(swapped) == encode(FILM.astype(np.uint16))


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_film_noise_and_blank_have_one_length(depth):
    lengths = {name: len(encode_constant_length_png(picture.astype(depth))) for name, picture in PICTURES.items()}
    assert set(lengths.values()) == {constant_length(210, 230, 8 * np.dtype(depth).itemsize)}


@pytest.mark.parametrize(("width", "height"), [(1, 1), (65534, 1), (65535, 1), (254, 257), (255, 256), (512, 512)])
def test_the_stated_length_is_right_around_the_end_of_a_block(width, height):
    png = encode_constant_length_png(np.zeros((height, width), np.uint8))
    assert len(png) == constant_length(width, height) and read(png).shape == (height, width)


@pytest.mark.parametrize("wrong", [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4)), np.zeros((0, 4), np.uint8)])
def test_only_grey_pictures_are_encoded(wrong):
    for encode in (encode_png, encode_constant_length_png, thumbnail):
        with pytest.raises(ValueError, match="grey picture"):
            encode(wrong)


def test_eight_bits_are_the_rounded_sixteen():
    assert (to_8_bit(FILM.astype(np.uint16) * 257) == FILM).all()
    assert to_8_bit(np.array([[0, 128, 129, 65535]], np.uint16)).tolist() == [[0, 0, 1, 255]]


@pytest.mark.parametrize(
    ("shape", "expected"), [((400, 200), (256, 128)), ((100, 50), (100, 50)), ((2000, 3), (256, 1))]
)
def test_thumbnails_fit_and_are_never_enlarged(shape, expected):
    assert thumbnail(np.zeros(shape, np.uint16)).shape == expected
    assert read(thumbnail_png(np.zeros(shape, np.uint8), longest=64)).shape[0] == 64
