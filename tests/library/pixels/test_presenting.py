"""Presentations: one size, one grey rule, one length, whatever the picture and wherever it came from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.encoding import constant_length, encode_constant_length_png
from lungstudy.library.pixels.presenting import Policy, present
from tests.library.pixels.made import dicom, film, saved

FILM = film()
POLICIES = [
    Policy(size=128, grey=grey, fit=fit, border_crop=crop)
    for grey in ("as_stored", "percentile", "standardise")
    for fit in ("crop", "pad")
    for crop in (0.0, 0.05)
]


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_the_source_encoding_changes_neither_pixels_nor_bytes(policy):
    sources = [saved(FILM, "PNG"), saved(FILM, "TIFF", compression="tiff_lzw"), dicom(FILM)]
    files = {encode_constant_length_png(present(decode(source).pixels, policy)) for source in sources}
    assert len(files) == 1


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_sixteen_bits_look_like_the_eight_they_hold(policy):
    deep, plain = present(FILM.astype(np.uint16) * 257, policy), present(FILM, policy)
    assert np.abs(deep.astype(int) - plain).max() <= 1


@settings(max_examples=40)
@given(arrays(np.uint8, st.tuples(st.integers(64, 200), st.integers(64, 200))), st.sampled_from(POLICIES))
def test_every_picture_has_one_shape_depth_and_length(pixels, policy):
    shown = present(pixels, policy)
    assert shown.shape == (128, 128) and shown.dtype == np.uint8
    assert len(encode_constant_length_png(shown)) == constant_length(128, 128)


def test_the_grey_rules_do_what_they_say():
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    stored, stretched, standard = (
        present(ramp, Policy(size=256, grey=grey)).astype(int) for grey in ("as_stored", "percentile", "standardise")
    )
    assert (stored == np.rint(ramp / 257)).all()
    # Half a percent at each end is cut off; so is what rounds to the ends.
    ends = 0.005 + 0.99 * 0.5 / 255
    assert (stretched == 0).mean() == pytest.approx(ends, abs=3e-4) == (stretched == 255).mean()
    # A uniform ramp reaches 3 ** 0.5 standard deviations, short of the two that would be black and white.
    assert standard.mean() == pytest.approx(128, abs=0.5) and standard.std() == pytest.approx(64, abs=0.5)
    assert standard.max() == pytest.approx(128 + 64 * 3**0.5, abs=1)


def test_neither_rule_depends_on_brightness_or_contrast():
    dim = (FILM.astype(np.uint16) * 100 + 5000).astype(np.uint16)
    for grey in ("percentile", "standardise"):
        policy = Policy(size=128, grey=grey)
        assert np.abs(present(dim, policy).astype(int) - present(FILM, policy)).max() <= 1


def test_padding_is_black_and_cropping_takes_the_centre():
    wide = np.full((100, 200), 200, np.uint8)
    wide[:, :50] = wide[:, 150:] = 90
    padded = present(wide, Policy(size=100, grey="as_stored", fit="pad"))
    assert padded[:20].max() == 0 and padded[50, 50] == 200
    assert (present(wide, Policy(size=100, grey="as_stored", fit="crop")) == 200).all()


def test_the_border_is_cut_before_the_greys_are_stretched():
    framed = FILM.copy()
    framed[:11] = framed[-11:] = 255
    framed[:, :10] = framed[:, -10:] = 255
    policy = Policy(size=128, border_crop=0.05)
    assert (present(framed, policy) == present(FILM, policy)).all()


def test_shrinking_averages_and_enlarging_keeps_the_ends():
    stripes = np.tile(np.array([0, 255], np.uint8), (256, 128))
    assert np.ptp(present(stripes, Policy(size=64, grey="as_stored"))[8:-8, 8:-8]) <= 2
    assert present(FILM[:64, :64], Policy(size=256, grey="as_stored")).max() <= 255


def test_a_mask_hides_all_that_was_under_it_and_fits_its_surroundings():
    marked = np.full((200, 200), 80, np.uint8)
    plain = marked.copy()
    marked[20:40, 20:60] = 255
    policy = Policy(size=200, grey="as_stored", fixed_masks=[(0.08, 0.08, 0.32, 0.22)])
    assert (present(marked, policy) == plain).all()
    by_hand = present(marked, Policy(size=200, grey="as_stored"), [(0.08, 0.08, 0.32, 0.22)])
    assert (by_hand == plain).all()


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (0.5, 0.5, 0.5, 0.9), (-1, -1, 2, 2), (0.9, 0.9, 0.1, 0.1)])
def test_odd_boxes_do_no_harm(box):
    assert present(FILM, Policy(size=64), [box]).shape == (64, 64)


@pytest.mark.parametrize("wrong", [{"size": 10}, {"size": 9000}, {"size": 512, "border_crop": 0.6}])
def test_a_policy_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        Policy(**wrong)


def test_resampling_is_pillows_bicubic_for_every_picture():
    expected = Image.fromarray(FILM[10:220].astype(np.float32)).resize((100, 100), Image.Resampling.BICUBIC)
    shown = present(FILM[10:220], Policy(size=100, grey="as_stored"))
    assert np.abs(shown - np.clip(np.asarray(expected), 0, 255)).max() <= 0.51
