"""Several resolutions become one map of the picture's size."""

import numpy as np
import pytest

from generation.masks.errors import NoAttentionError, UnusableAttentionError
from generation.masks.fusing import fuse, union_of


def maps(**planes):
    return {int(key[1:]): np.asarray(plane, dtype=np.float32) for key, plane in planes.items()}


def test_every_resolution_counts_alike_whatever_its_scale():
    rng = np.random.default_rng(0)
    coarse, fine = rng.random((4, 4)), rng.random((8, 8))
    other = fuse(maps(r4=9 * coarse, r8=fine / 7), (32, 32))
    assert fuse(maps(r4=coarse, r8=fine), (32, 32)) == pytest.approx(other, abs=1e-6)


def test_the_map_has_the_pictures_size_and_stays_between_zero_and_one():
    fused = fuse(maps(r4=np.eye(4), r8=np.eye(8)), (33, 50))
    assert fused.shape == (33, 50) and fused.dtype == np.float32
    assert fused.min() >= 0 and fused.max() <= 1


def test_one_resolution_alone_reaches_one_at_its_peak():
    assert fuse(maps(r4=np.eye(4)), (32, 32)).max() == pytest.approx(1)


def test_a_mirrored_map_gives_a_mirrored_result():
    plane = np.random.default_rng(1).random((16, 16))
    assert fuse(maps(r16=plane[:, ::-1]), (64, 64)) == pytest.approx(fuse(maps(r16=plane), (64, 64))[:, ::-1], abs=1e-6)


def test_two_phrases_count_alike_though_one_is_heeded_far_more():
    left, right = np.zeros((4, 4)), np.zeros((4, 4))
    left[1, 3], right[1, 0] = 5.0, 0.02
    both = union_of([maps(r4=left), maps(r4=right)])[4]
    assert both[1, 3] == both[1, 0] == pytest.approx(1)


def test_phrases_are_joined_at_the_resolutions_they_share():
    ones = np.ones((4, 4))
    assert list(union_of([maps(r4=ones, r8=np.ones((8, 8))), maps(r4=ones)])) == [4]


@pytest.mark.parametrize("nothing", [None, {}])
def test_a_picture_without_captured_attention_is_refused(nothing):
    with pytest.raises(NoAttentionError, match="no attention was captured"):
        fuse(nothing, (8, 8))


@pytest.mark.parametrize("bad", [np.zeros((4, 4)), np.full((4, 4), np.nan), np.full((4, 4), np.inf), np.ones(4)])
def test_attention_that_is_zero_or_no_finite_map_is_refused(bad):
    with pytest.raises(UnusableAttentionError, match="resolution 4"):
        fuse(maps(r4=bad), (8, 8))
