"""Structural similarity: 1 for the same picture, less for others, and the numbers of another library."""

import numpy as np
import pytest
import torch

from generation.diffusion.quality.similarity import _ssim, ms_ssim, pairs_of, scales_for, similarities


def waves(size: int) -> tuple[torch.Tensor, torch.Tensor]:
    draw = np.random.default_rng(7)
    down, across = np.mgrid[:size, :size] / size
    one = 0.5 + 0.4 * np.sin(9 * across) * np.cos(7 * down)
    noisy = np.clip(one + 0.1 * draw.standard_normal((size, size)), 0, 1)
    return torch.from_numpy(one)[None, None], torch.from_numpy(noisy)[None, None]


def test_contrast_and_structure_are_those_of_torchmetrics_1_9():
    _, contrast = _ssim(*waves(64))
    assert contrast.item() == pytest.approx(0.38535061553165645, rel=1e-9)


@pytest.mark.parametrize("size", [128, 256])
def test_a_picture_is_wholly_like_itself_and_less_like_its_noisy_copy(size):
    one, noisy = waves(size)
    assert ms_ssim(one, one).item() == pytest.approx(1)
    assert 0.3 < ms_ssim(one, noisy).item() < 0.99


def test_small_pictures_have_fewer_scales():
    assert [scales_for(size) for size in (11, 128, 175, 176, 256, 1024)] == [1, 4, 4, 5, 5, 5]


def test_pairs_share_no_picture():
    pairs = pairs_of(31, np.random.default_rng(0))
    assert pairs.shape == (15, 2)
    assert len(set(pairs.ravel().tolist())) == 30


def test_neighbours_in_the_stack_are_compared():
    draw = np.random.default_rng(0)
    one, other = draw.integers(0, 256, (2, 64, 64), dtype=np.uint8)
    found = similarities(np.stack([one, one, one, other]))
    assert found[0] == pytest.approx(1)
    assert found[1] < 0.3
