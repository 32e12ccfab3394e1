"""Simulated attention: what errs, and that a seed is a seed."""

import numpy as np
import pytest

from generation.masks.fusing import fuse
from generation.masks.simulated_attention import LEVELS, Level, simulate
from generation.masks.thresholds import otsu
from lungstudy.library.pixels.masks.overlap import dice_of
from tests.generation.masks.scenes import phantom_scene


def plain_dice(scene, level: Level) -> float:
    maps = [fuse(simulate(truth, level, seed), truth.shape) for seed, truth in enumerate(scene.truths)]
    return float(
        np.mean([dice_of(one >= otsu(one).threshold, truth) for one, truth in zip(maps, scene.truths, strict=True)])
    )


def test_maps_come_at_three_resolutions_of_the_pictures_shape():
    mask = np.zeros((60, 120), dtype=bool)
    mask[10:40, 20:60] = True
    maps = simulate(mask, LEVELS["middle"], 0)
    assert {side: plane.shape for side, plane in maps.items()} == {16: (8, 16), 32: (16, 32), 64: (32, 64)}
    assert all(plane.min() >= 0 and np.isfinite(plane).all() for plane in maps.values())


def test_a_greater_level_errs_more():
    scene = phantom_scene(16, 96)
    slight, middle, strong = (plain_dice(scene, level) for level in LEVELS.values())
    assert 0.97 > slight > middle > strong > 0.75


def test_without_errors_only_the_grids_coarseness_is_left():
    assert plain_dice(phantom_scene(4, 96), Level(0, 0, 0, 0, 0)) > 0.95


def test_the_same_seed_gives_the_same_maps_and_another_one_others():
    truth = phantom_scene(1, 64).truths[0]
    one, same, other = (simulate(truth, LEVELS["middle"], seed)[32] for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_an_empty_mask_has_no_attention():
    with pytest.raises(ValueError, match="empty mask"):
        simulate(np.zeros((8, 8), dtype=bool), LEVELS["slight"], 0)
