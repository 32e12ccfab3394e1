"""Flags: each rule is raised by what it is for, and by nothing of a plain frontal film."""

import dataclasses

import numpy as np
import pytest

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.flags import flags_for
from tests.library.pixels.made import ct, dicom, film, saved

FILM = film(512, 480)


def codes(data, kind="radiograph"):
    return [flag.code for flag in flags_for(decode(data), kind)]


def test_a_plain_frontal_film_has_no_flag():
    assert codes(saved(FILM, "PNG")) == [] == codes(dicom(FILM, BodyPartExamined="CHEST"))


def on_black(picture):
    canvas = np.zeros((picture.shape[0] * 2, picture.shape[1] * 2), np.uint8)
    y, x = picture.shape[0] // 2, picture.shape[1] // 2
    canvas[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return canvas


RAISED = {
    "inverted": 255 - FILM,
    "not_frontal": np.ascontiguousarray(np.rot90(FILM)),
    "small": FILM[::3, ::3],
    "shape": np.ascontiguousarray(FILM[100:300]),
    "dark_surround": on_black(FILM),
    "blank": (100 + FILM // 16).astype(np.uint8),
    "few_levels": (FILM // 32 * 32).astype(np.uint8),
}


@pytest.mark.parametrize("code", RAISED)
def test_each_rule_is_raised_by_what_it_is_for(code):
    assert code in codes(saved(np.ascontiguousarray(RAISED[code]), "PNG"))


def test_a_red_arrow_is_noticed():
    marked = np.stack([FILM] * 3, axis=-1)
    marked[200:206, 100:180] = 255, 0, 0
    assert codes(saved(marked, "PNG")) == ["colour"]


def test_the_headers_modality_is_held_against_the_data_set():
    slice_ = np.where(FILM > 128, 40, -800).astype(np.int16)
    assert codes(ct(slice_)) == ["modality", "few_levels"] and "modality" not in codes(ct(slice_), "ct")
    assert codes(dicom(FILM), "ct") == ["modality"]


def test_another_part_of_the_body_and_burnt_in_text_are_told():
    assert codes(dicom(FILM, BodyPartExamined="EXTREMITY", BurnedInAnnotation="YES")) == ["body_part", "burnt_in_text"]


def test_ct_slices_are_not_held_against_the_rules_for_films():
    turned = saved(np.ascontiguousarray(np.rot90(FILM)), "PNG")
    assert codes(turned, "ct") == []


def test_flags_do_not_depend_on_depth():
    decoded = decode(saved(255 - FILM, "PNG"))
    deep = dataclasses.replace(decoded, pixels=decoded.pixels.astype(np.uint16) * 257)
    assert flags_for(deep, "radiograph") == flags_for(decoded, "radiograph")
