"""Agreement of masks, against MONAI, counting by hand, and what must not change it."""

import numpy as np
import pytest
from scipy import ndimage

from lungstudy.library.pixels.masks.overlap import BOTH_EMPTY, ONE_EMPTY, dice_of, hd95_of, iou_of, overlap


def blob(seed: int, shape=(40, 56)) -> np.ndarray:
    field = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 4)
    return field > np.quantile(field, 0.7)


def square(top: int, left: int, side: int, shape=(32, 32)) -> np.ndarray:
    mask = np.zeros(shape, dtype=bool)
    mask[top : top + side, left : left + side] = True
    return mask


@pytest.mark.parametrize("seed", range(6))
def test_dice_and_hd95_match_monai(seed):
    metrics = pytest.importorskip("monai.metrics", reason="MONAI belongs to the workers' layer.")
    import torch

    one, other = blob(seed), blob(seed + 100)
    tensors = [torch.from_numpy(mask[None, None].astype(np.float32)) for mask in (one, other)]
    assert dice_of(one, other) == pytest.approx(metrics.compute_dice(*tensors).item(), abs=1e-6)
    theirs = metrics.compute_hausdorff_distance(*tensors, include_background=True, percentile=95).item()
    assert hd95_of(one, other) == pytest.approx(theirs, abs=1e-4)


def test_two_shifted_squares_by_hand():
    one, other = square(4, 4, 10), square(4, 9, 10)  # 50 of 100 pixels shared
    assert dice_of(one, other) == pytest.approx(0.5)
    assert iou_of(one, other) == pytest.approx(50 / 150)
    found = overlap(one, other)
    assert found.hd95_pixels == pytest.approx(5)
    assert found.hd95_percent == pytest.approx(100 * 5 / np.hypot(32, 32))


@pytest.mark.parametrize("measure", [dice_of, iou_of, hd95_of])
def test_no_measure_depends_on_order_or_mirroring(measure):
    one, other = blob(1), blob(2)
    assert measure(one, other) == pytest.approx(measure(other, one))
    assert measure(one[:, ::-1], other[:, ::-1]) == pytest.approx(measure(one, other))


def test_a_mask_agrees_with_itself_entirely():
    found = overlap(blob(3), blob(3))
    assert (found.dice, found.iou, found.hd95_pixels, found.reason) == (1, 1, 0, "")


def test_two_empty_masks_have_no_overlap_to_speak_of():
    nothing = np.zeros((8, 8), dtype=bool)
    found = overlap(nothing, nothing)
    assert np.isnan([found.dice, found.iou, found.hd95_pixels, found.hd95_percent]).all()
    assert found.reason == BOTH_EMPTY


def test_one_empty_mask_shares_nothing_and_has_no_outline():
    found = overlap(square(1, 1, 3), np.zeros((32, 32), dtype=bool))
    assert (found.dice, found.iou) == (0, 0)
    assert np.isnan(found.hd95_pixels) and found.reason == ONE_EMPTY


@pytest.mark.parametrize("measure", [dice_of, iou_of, hd95_of, overlap])
def test_masks_of_other_sizes_are_refused(measure):
    with pytest.raises(ValueError, match=r"\(8, 8\) and \(8, 9\)"):
        measure(np.ones((8, 8), dtype=bool), np.ones((8, 9), dtype=bool))
