"""From a batch's attention to masks, every method, and what stops one picture but not the others."""

import numpy as np
import pytest

from generation.masks.errors import (
    EmptyMaskError,
    FullMaskError,
    MaskSizeError,
    NoAttentionError,
    UnusableAttentionError,
)
from generation.masks.finding import FINDERS
from generation.masks.methods import DEFAULT_METHOD, METHODS
from generation.masks.refining import Options, mask_of, refine
from tests.generation.masks.scenes import Scene, phantom_scene

LUNGS = Options("lungs", parts=2)


def test_every_named_method_can_be_called_and_the_default_is_one_of_them():
    assert set(FINDERS) == set(METHODS)
    assert DEFAULT_METHOD in METHODS


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_the_lungs_of_phantoms(method, phantoms):
    two = Scene(phantoms.pictures[:2], phantoms.truths[:2], phantoms.maps[:2])
    results = refine(two.pictures, two.maps, method, LUNGS)
    assert [one.mask.shape for one in results] == [picture.shape for picture in two.pictures]
    assert all(0 <= one.score <= 1 and 0 <= one.entropy <= 1 for one in results)
    assert all((one.agreement is not None) == (method == "batch_net") for one in results)
    assert two.dice(results) > (0.85 if method in ("otsu", "crf", "batch_net") else 0.5)


def test_the_crf_gains_on_phantoms_whose_edges_are_clean(phantoms):
    """The notes' finding; on real films it loses, which the benchmark shows."""
    plain = refine(phantoms.pictures, phantoms.maps, "otsu", LUNGS)
    assert phantoms.dice(refine(phantoms.pictures, phantoms.maps, "crf", LUNGS)) > phantoms.dice(plain)


def test_the_same_seed_gives_the_same_masks_and_another_seed_others(phantoms):
    def probabilities(seed):
        results = refine(phantoms.pictures[:2], phantoms.maps[:2], "restart", Options(seed=seed))
        return np.stack([one.probability for one in results])

    first = probabilities(3)
    assert np.array_equal(first, probabilities(3))
    assert not np.array_equal(first, probabilities(4))


@pytest.mark.parametrize("method", ["otsu", "crf"])
def test_methods_that_learn_nothing_do_not_care_for_the_batch_or_its_order(method, phantoms):
    forward = refine(phantoms.pictures, phantoms.maps, method, LUNGS)
    backward = refine(phantoms.pictures[::-1], phantoms.maps[::-1], method, LUNGS)[::-1]
    assert all(np.array_equal(one.mask, other.mask) for one, other in zip(forward, backward, strict=True))


def test_mirrored_pictures_with_mirrored_attention_give_mirrored_masks(phantoms):
    turned = [np.ascontiguousarray(picture[:, ::-1]) for picture in phantoms.pictures[:3]]
    maps = [{side: np.ascontiguousarray(plane[:, ::-1]) for side, plane in one.items()} for one in phantoms.maps[:3]]
    for ours, other in zip(
        refine(phantoms.pictures[:3], phantoms.maps[:3], "crf", LUNGS), refine(turned, maps, "crf", LUNGS), strict=True
    ):
        assert (ours.mask != other.mask[:, ::-1]).mean() < 1e-3


def test_pictures_of_several_sizes_go_together():
    small, large = phantom_scene(1, 64), phantom_scene(1, 96)
    results = refine(small.pictures + large.pictures, small.maps + large.maps, "batch_net", LUNGS)
    assert [one.mask.shape for one in results] == [(64, 64), (96, 96)]


def test_one_picture_that_fails_is_named_and_the_others_go_on(phantoms):
    flat = {16: np.ones((16, 16), dtype=np.float32)}
    zero = {16: np.zeros((16, 16), dtype=np.float32)}
    names = tuple(f"image {index}" for index in range(5))
    maps = [phantoms.maps[0], None, flat, zero, phantoms.maps[4]]
    results = refine(phantoms.pictures[:5], maps, "otsu", Options("left lung", names))
    assert [type(one) for one in results[1:4]] == [NoAttentionError, UnusableAttentionError, UnusableAttentionError]
    assert str(results[1]).startswith("image 1, “left lung”: no attention was captured")
    alone = refine([phantoms.pictures[4]], [phantoms.maps[4]], "otsu", Options())[0]
    assert np.array_equal(results[4].mask, alone.mask)


def test_a_colour_picture_is_refused_by_name(phantoms):
    results = refine([np.zeros((8, 8, 3), dtype=np.uint8)], phantoms.maps[:1], "otsu")
    assert isinstance(results[0], MaskSizeError) and str(results[0]).startswith("Picture 1: ")


def test_an_empty_and_a_full_mask_are_refused():
    with pytest.raises(EmptyMaskError):
        mask_of(np.full((4, 4), 0.4, dtype=np.float32), 0)
    with pytest.raises(FullMaskError):
        mask_of(np.full((4, 4), 0.6, dtype=np.float32), 1)


def test_progress_counts_pictures_never_falls_and_ends_at_all_of_them(phantoms):
    seen: list[int] = []
    refine(phantoms.pictures[:2], phantoms.maps[:2], "cross_fusion", LUNGS, seen.append)
    assert seen == sorted(seen) and seen[-1] == 2


def test_whoever_follows_the_progress_can_stop_it(phantoms):
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refine(phantoms.pictures[:4], phantoms.maps[:4], "batch_net", LUNGS, stop)


def test_an_unknown_method_and_lists_of_other_lengths_are_refused(phantoms):
    with pytest.raises(ValueError, match=r"no method “magic”; choose one of: otsu"):
        refine([], [], "magic")
    with pytest.raises(ValueError, match=r"equally many, not \[1, 2\]"):
        refine(phantoms.pictures[:2], phantoms.maps[:1], "otsu")
