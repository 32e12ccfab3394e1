"""Drawings that failed are noticed, good ones are not, and the same picture in another size is the same."""

import numpy as np
import pytest
from PIL import Image

from lungstudy.library.pixels.drawn_flags import SAME_LIKENESS, flags_of_drawing, likeness
from lungstudy.library.pixels.phantom import Finding, draw_phantom


def codes(pixels: np.ndarray) -> list[str]:
    return [flag.code for flag in flags_of_drawing(pixels.astype(np.uint8))]


@pytest.fixture(scope="module")
def good() -> np.ndarray:
    return draw_phantom(3, Finding.NORMAL, 128).image


def test_a_good_picture_raises_no_flag(good):
    assert codes(good) == []


def test_a_blank_one_is_blank_whatever_its_grey(good):
    for grey in (0, 130, 255):
        assert codes(np.full((64, 64), grey)) == ["blank"]
    assert codes(100 + good / 10) == ["blank"]


def test_a_burnt_out_one_is_saturated(good):
    assert codes(np.where(good > np.median(good) - 20, 255, good)) == ["saturated"]
    assert codes(np.where(good < np.percentile(good, 95), 0, good)) == ["saturated"]


def test_noise_is_noise(good):
    noise = np.random.default_rng(0).integers(0, 256, (128, 128))
    assert codes(noise) == ["noise"]
    assert codes(np.clip(good + np.random.default_rng(0).normal(0, 12, good.shape), 0, 255)) == []


def test_sixteen_bits_are_judged_as_eight(good):
    assert [flag.code for flag in flags_of_drawing(good.astype(np.uint16) * 257)] == []


def test_likeness_knows_the_same_picture_in_another_size_and_tells_others_apart(good):
    small = np.asarray(Image.fromarray(good).resize((96, 96), Image.Resampling.BICUBIC))
    other = draw_phantom(4, Finding.NORMAL, 128).image
    assert likeness(good, small) > SAME_LIKENESS > likeness(good, other)
