"""CT phantoms: the same arguments give the same slice, and the slice shows what its caption says where it says."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lungstudy.library.pixels.phantom.ct import CtFinding, draw_ct_phantom

FINDINGS = list(CtFinding)
ILL = [finding for finding in FINDINGS if finding is not CtFinding.NORMAL]


def half(picture: np.ndarray, side: str) -> np.ndarray:
    """Seen from the feet: the patient's left is on the right of the picture."""
    middle = picture.shape[1] // 2
    return picture[:, middle:] if side == "left" else picture[:, :middle]


@pytest.mark.parametrize("finding", FINDINGS)
def test_the_same_arguments_give_the_same_slice(finding):
    one, two = draw_ct_phantom(5, finding, 128), draw_ct_phantom(5, finding, 128)
    assert np.array_equal(one.image, two.image)
    assert np.array_equal(one.finding_mask, two.finding_mask)
    assert one.caption == two.caption


def test_seeds_give_different_slices():
    assert (
        len({hashlib.sha256(draw_ct_phantom(seed, "normal", 64).image.tobytes()).digest() for seed in range(50)}) == 50
    )


@settings(max_examples=25)
@given(seed=st.integers(0, 2**40), finding=st.sampled_from(FINDINGS), size=st.sampled_from([64, 65, 128, 257, 512]))
def test_any_size_gives_a_slice_with_two_lungs_in_it(seed, finding, size):
    phantom = draw_ct_phantom(seed, finding, size)
    assert phantom.image.shape == phantom.lung_mask.shape == phantom.finding_mask.shape == (size, size)
    assert phantom.image.dtype == np.uint8
    assert all(half(phantom.lung_mask, side).mean() > 0.05 for side in ("left", "right"))
    assert phantom.finding_mask.any() == (finding is not CtFinding.NORMAL)


@pytest.mark.parametrize("seed", range(5))
def test_grey_levels_are_those_of_the_lung_window(seed):
    """Window -600/1500 HU: air -1000 is grey level 59.5, soft tissue +50 is 238, aerated lung (-850) near 85."""
    phantom = draw_ct_phantom(seed, "normal", 256)
    assert phantom.image[:10, :10].mean() == pytest.approx(59.5, abs=3)
    assert 65 < np.median(phantom.image[phantom.lung_mask]) < 110
    assert phantom.level != "heart" or phantom.image[100:125, 135:150].mean() == pytest.approx(236, abs=6)


@pytest.mark.parametrize("finding", ILL)
@pytest.mark.parametrize("seed", range(6))
def test_a_finding_changes_its_own_side_only(seed, finding):
    clear, ill = draw_ct_phantom(seed, "normal", 128), draw_ct_phantom(seed, finding, 128)
    changed = abs(ill.image.astype(int) - clear.image) > 12
    other = "right" if ill.side == "left" else "left"
    assert half(changed, ill.side).sum() > 20
    assert half(changed, other)[:, 4:-4].sum() <= 3
    assert f"{ill.side} lung" in ill.caption or f"{ill.side} pleural effusion" in ill.caption


@pytest.mark.parametrize("finding", ILL)
@pytest.mark.parametrize("seed", range(6))
def test_the_mask_of_a_finding_lies_where_it_brightened_the_lung(seed, finding):
    clear, ill = draw_ct_phantom(seed, "normal", 128), draw_ct_phantom(seed, finding, 128)
    gain = ill.image.astype(float) - clear.image
    assert gain[ill.finding_mask].mean() > 20
    assert abs(gain[~ill.finding_mask & ~clear.lung_mask]).mean() < 2
    assert half(ill.finding_mask, ill.side).sum() > 0.97 * ill.finding_mask.sum()


def test_fluid_takes_lung_away_and_haze_does_not():
    clear = draw_ct_phantom(3, "normal", 128).lung_mask.sum()
    assert draw_ct_phantom(3, "left effusion", 128).lung_mask.sum() < 0.95 * clear
    assert draw_ct_phantom(3, "ground glass opacity", 128).lung_mask.sum() == clear


def test_fluid_gathers_at_the_back():
    for seed in range(6):
        phantom = draw_ct_phantom(seed, "right effusion", 128)
        rows = np.argwhere(phantom.finding_mask)[:, 0].mean()
        assert rows > np.argwhere(phantom.lung_mask)[:, 0].mean()


@pytest.mark.parametrize("seed", range(4))
def test_the_same_body_at_two_sizes_is_the_same_body(seed):
    small, large = draw_ct_phantom(seed, "nodule", 128), draw_ct_phantom(seed, "nodule", 512)
    shrunk = large.finding_mask.reshape(128, 4, 128, 4).mean(axis=(1, 3)) > 0.5
    assert (shrunk != small.finding_mask).sum() < 12
    assert abs(large.image.reshape(128, 4, 128, 4).mean(axis=(1, 3)) - small.image).mean() < 8


def test_captions_name_window_level_body_and_finding():
    phantom = draw_ct_phantom(3, "ground glass opacity", 64)
    assert phantom.caption == (
        f"axial CT of the chest, lung window, level of the {phantom.level}, {phantom.build} {phantom.sex}, "
        f"ground glass opacity in the {phantom.side} lung"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((-1, "normal", 64), "0 or more, not -1"),
        ((0, "pneumothorax", 64), "No CT phantom shows “pneumothorax”; choose one of: normal, nodule"),
        ((0, "normal", 63), "64 to 1024 pixels, not 63"),
        ((0, "normal", 1025), "64 to 1024 pixels, not 1025"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        draw_ct_phantom(*arguments)
