"""Phantoms: the same arguments give the same film, and the film shows what its caption says."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lungstudy.library.pixels.phantom import Finding, draw_phantom

FINDINGS = list(Finding)


@pytest.mark.parametrize("finding", FINDINGS)
def test_the_same_arguments_give_the_same_pixels(finding):
    one, two = draw_phantom(5, finding, 128), draw_phantom(5, finding, 128)
    assert np.array_equal(one.image, two.image)
    assert np.array_equal(one.lung_mask, two.lung_mask)
    assert one.caption == two.caption


def test_other_random_draws_in_between_change_nothing():
    before = draw_phantom(8, "pneumonia", 96).image
    np.random.default_rng().random(100)
    np.random.seed(1)
    assert np.array_equal(draw_phantom(8, "pneumonia", 96).image, before)


def test_seeds_give_different_films():
    digests = {hashlib.sha256(draw_phantom(seed, "normal", 64).image.tobytes()).hexdigest() for seed in range(50)}
    assert len(digests) == 50


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**40),
    finding=st.sampled_from(FINDINGS),
    size=st.sampled_from([64, 65, 100, 128, 257, 512, 1024]),
)
def test_any_size_gives_a_film_with_two_lungs_in_it(seed, finding, size):
    phantom = draw_phantom(seed, finding, size)
    assert phantom.image.shape == phantom.lung_mask.shape == (size, size)
    assert phantom.image.dtype == np.uint8
    assert phantom.lung_mask.dtype == np.bool_
    assert 0.08 < phantom.lung_mask.mean() < 0.5
    for half in (phantom.lung_mask[:, : size // 2], phantom.lung_mask[:, size // 2 :]):
        assert half.mean() > 0.03


@pytest.mark.parametrize("finding", FINDINGS)
def test_air_is_dark_and_bone_is_bright(finding):
    phantom = draw_phantom(21, finding, 256)
    lung = phantom.image[phantom.lung_mask].mean()
    spine = phantom.image[40:200, 120:136].mean()
    assert spine > lung + 50


@pytest.mark.parametrize("seed", range(5))
def test_the_same_body_at_two_sizes_is_the_same_body(seed):
    small, large = draw_phantom(seed, "cardiomegaly", 128), draw_phantom(seed, "cardiomegaly", 512)
    shrunk = large.lung_mask.reshape(128, 4, 128, 4).mean(axis=(1, 3)) > 0.5
    assert (shrunk != small.lung_mask).mean() < 0.005
    difference = large.image.reshape(128, 4, 128, 4).mean(axis=(1, 3)) - small.image
    assert abs(difference).mean() < 8


def test_an_effusion_takes_lung_away_on_its_side_only():
    for side, finding in (("left", Finding.LEFT_EFFUSION), ("right", Finding.RIGHT_EFFUSION)):
        clear, fluid = draw_phantom(4, "normal", 128).lung_mask, draw_phantom(4, finding, 128).lung_mask
        lost = clear & ~fluid
        # The patient's left is on the right of the picture.
        on_side, other = (lost[:, 64:], lost[:, :64]) if side == "left" else (lost[:, :64], lost[:, 64:])
        assert on_side.sum() > 100
        assert other.sum() == 0


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("finding", [Finding.PNEUMONIA, Finding.NODULE])
def test_an_opacity_brightens_its_side_and_zone(finding, seed):
    phantom, clear = draw_phantom(seed, finding, 128), draw_phantom(seed, "normal", 128)
    difference = phantom.image.astype(float) - clear.image
    row, column = np.unravel_index(np.argmax(_blurred(difference)), difference.shape)
    assert phantom.side == ("left" if column > 64 else "right")
    assert f"{phantom.side} {phantom.zone} zone" in phantom.caption
    assert row < {"upper": 52, "mid": 72, "lower": 128}[phantom.zone]


def _blurred(picture):
    return np.stack([np.roll(picture, (y, x), (0, 1)) for y in range(-3, 4) for x in range(-3, 4)]).mean(axis=0)


def test_a_pneumothorax_darkens_its_outer_lung():
    for seed in range(6):
        phantom, clear = draw_phantom(seed, "pneumothorax", 128), draw_phantom(seed, "normal", 128)
        darker = (phantom.image.astype(float) - clear.image) < -8
        assert phantom.side == ("left" if darker[:, 64:].sum() > darker[:, :64].sum() else "right")


def test_captions_name_view_body_and_finding():
    assert draw_phantom(0, "left effusion", 64).caption.endswith(", left pleural effusion")
    phantom = draw_phantom(3, "cardiomegaly", 64)
    assert phantom.caption == (
        f"frontal chest radiograph, {phantom.view} view, {phantom.caption.split(', ')[2]}, cardiomegaly, enlarged heart"
    )
    assert phantom.view in ("PA", "AP")
    assert phantom.sex in phantom.caption


def test_the_heart_is_wider_in_cardiomegaly_than_half_the_chest():
    assert all(draw_phantom(seed, "cardiomegaly", 64).cardiothoracic_ratio > 0.55 for seed in range(20))
    assert all(draw_phantom(seed, "normal", 64).cardiothoracic_ratio < 0.5 for seed in range(20))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((-1, "normal", 64), "0 or more, not -1"),
        ((0, "broken rib", 64), "No phantom shows “broken rib”; choose one of: normal, cardiomegaly"),
        ((0, "normal", 63), "64 to 1024 pixels, not 63"),
        ((0, "normal", 1025), "64 to 1024 pixels, not 1025"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        draw_phantom(*arguments)


@pytest.mark.parametrize("finding", ["cardiomegaly", "left effusion", "normal"])
def test_the_whole_lungs_hold_the_aerated_ones_the_heart_beside_the_spine_and_what_fills_them(finding):
    phantom = draw_phantom(3, finding, 128)
    assert not (phantom.lung_mask & ~phantom.whole_lung_mask).any()
    assert phantom.whole_lung_mask.sum() > 1.1 * phantom.lung_mask.sum()
    assert not phantom.whole_lung_mask[:, 62:66].any()  # the mediastinum, near the middle of the picture
