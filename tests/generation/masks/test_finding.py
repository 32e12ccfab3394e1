"""The methods that combine others are what docs/masks.md says of them, and a levelled map stops one picture only."""

import numpy as np
import pytest

from generation.masks.batch_unet import held_out_probabilities
from generation.masks.cleaning import cleaned
from generation.masks.dense_crf import refine_by_crf
from generation.masks.errors import UnusableAttentionError
from generation.masks.finding import FINDERS, Found, Material
from generation.masks.fusing import fuse
from generation.masks.refining import Options, refine
from tests.generation.masks.scenes import phantom_scene


def unheard(share: float) -> None: ...


@pytest.fixture(scope="module")
def material() -> Material:
    scene = phantom_scene(3, 64)
    return Material(scene.pictures, [fuse(maps, (64, 64)) for maps in scene.maps], ["a", "b", "c"], 2, seed=5)


def found(method: str, material: Material) -> Found:
    return FINDERS[method](material, unheard)


def test_the_fixed_threshold_is_one_half_itself_though_the_maps_maximum_is_lower():
    rows = np.linspace(0, 0.8, 64, dtype=np.float32)
    plane = np.repeat(rows[:, None], 64, axis=1)
    alone = Material([np.zeros((64, 64), np.uint8)], [plane], ["a"], 0, seed=0)
    assert np.array_equal(found("half", alone).probabilities[0] >= 0.5, plane >= 0.5)


def test_cross_fusion_is_the_mean_of_the_crf_and_the_walk(material):
    crf, walk = found("crf", material).probabilities, found("walk", material).probabilities
    for both, one, other in zip(found("cross_fusion", material).probabilities, crf, walk, strict=True):
        assert both == pytest.approx((one + other) / 2, abs=1e-6)
        assert np.abs(both - one).max() > 0.05


def test_affinity_then_crf_is_the_crf_of_the_walks_probability(material):
    walk = found("walk", material).probabilities
    for both, picture, start in zip(
        found("affinity_then_crf", material).probabilities, material.pictures, walk, strict=True
    ):
        assert np.array_equal(both, refine_by_crf(picture, start))
        assert np.abs(both - start).max() > 0.05


def test_the_default_is_two_thirds_attention_and_a_third_of_the_net_that_learned_from_the_other_fold(material):
    otsu = found("otsu", material).probabilities
    masks = [cleaned(plane >= 0.5, 2) for plane in otsu]
    net = held_out_probabilities(material.pictures, masks, material.groups, 5, unheard)
    default = found("batch_net", material)
    assert all(np.array_equal(kept, said) for kept, said in zip(default.held_out, net, strict=True))
    for both, attention, said in zip(default.probabilities, otsu, net, strict=True):
        assert both == pytest.approx(2 / 3 * attention + said / 3, abs=1e-6)


@pytest.mark.parametrize("method", ["walk", "affinity_then_crf", "cross_fusion"])
def test_a_map_that_the_walk_levels_is_one_pictures_error(method):
    """A board finer than the walk's grid of 64 x 64 stands out before the walk and is level after it."""
    scene = phantom_scene(2, 64)
    board = (np.indices((128, 128)).sum(axis=0) % 2).astype(np.float32)
    pictures = [np.full((128, 128), 128, dtype=np.uint8), *scene.pictures]
    results = refine(pictures, [{128: board}, *scene.maps], method, Options("lungs", parts=2))
    assert isinstance(results[0], UnusableAttentionError)
    assert str(results[0]).startswith("Picture 1, “lungs”: the walk levelled its attention")
    assert [one.mask.shape for one in results[1:]] == [(64, 64)] * 2
