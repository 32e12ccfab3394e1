"""A cell learns, comes out the same each time, can be stopped, and changes pictures without changing sides."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from generation.experiments.areas import placements
from generation.experiments.augmenting import HEAVY, MODERATE, Augmentation, augmented
from generation.experiments.choices import Learning, may_be_mirrored
from generation.experiments.classification import Labelled, classify
from generation.experiments.learning import learn
from generation.experiments.nets import classifier, segmenter
from generation.experiments.outcomes import WHOLE_DIAGONAL
from generation.experiments.segmentation import Outlined, agreement, segment

SIDE = 32
TINY = Learning(size=SIDE, width=8, batch=4, rate=1e-2, rounds=2, steps=8)
# Long enough that every seed tells the squares apart on every processor: six of six reached an area of 1.
LONGER = replace(TINY, rounds=4, steps=12)
STILL = Augmentation(0, 0, 0, 0, 0, 0, 0, 0)


def squares(n, seed=0):
    """Bright squares on noise, with their outlines, and which of them are large."""
    rng = np.random.default_rng(seed)
    pictures, masks = rng.integers(0, 60, (n, SIDE, SIDE), dtype=np.uint8), np.zeros((n, SIDE, SIDE), dtype=bool)
    large = np.arange(n) % 2
    for at in range(n):
        top, left = rng.integers(2, 12, 2)
        width = 16 if large[at] else 6
        masks[at, top : top + width, left : left + width] = True
    return np.where(masks, pictures + 120, pictures).astype(np.uint8), masks, large


def outlined(n, seed=0):
    return Outlined(*squares(n, seed)[:2])


def labelled(n, seed=0):
    pictures, _, large = squares(n, seed)
    return Labelled(pictures, large)


def segmented(**changes):
    plain = {"net": "unet", "shown": outlined(8), "groups": ["real"] * 8, "validation": outlined(3, 1)}
    plain |= {"test": outlined(4, 2), "how": TINY, "seed": 0, "on_progress": lambda done, total: None}
    return segment(**{**plain, **changes})


def classified(**changes):
    plain = {"net": "resnet18", "shown": labelled(24), "groups": ["real"] * 24, "validation": labelled(12, 1)}
    plain |= {"test": labelled(16, 2), "how": LONGER, "seed": 0, "on_progress": lambda done, total: None}
    return classify(**{**plain, **changes})


def test_a_segmentation_cell_learns_and_is_the_same_bit_for_bit():
    told = []
    first = segmented(on_progress=lambda done, total: told.append((done, total)))
    torch.manual_seed(99)  # what went before in this process decides nothing
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert segmented() == first
        assert torch.get_num_threads() == 2  # given back
    finally:
        torch.set_num_threads(threads)
    assert np.mean([one["dice"] for one in first]) > 0.6
    assert told == [(step, 16) for step in range(1, 17)]
    assert segmented(seed=1) != first


def test_a_classification_cell_learns_and_is_the_same_bit_for_bit():
    first = classified()
    assert classified() == first
    scores = np.array([one["score"] for one in first])
    assert placements(labelled(16, 2).labels, scores).area > 0.9


def test_a_cell_stops_where_it_is_told_to():
    class StopError(Exception):
        pass

    def stop(done, total):
        if done == 3:
            raise StopError

    with pytest.raises(StopError):
        segmented(on_progress=stop)


def test_the_state_that_did_best_on_the_validation_images_is_tested():
    net, scores = torch.nn.Linear(1, 1), iter([0.1, 0.9, 0.5])
    states = []

    def score():
        states.append(net.weight.item())
        return next(scores)

    learn(net, replace(TINY, rounds=3), lambda: net(torch.ones(1, 1)).sum(), score, lambda done, total: None)
    assert net.weight.item() == states[1] != states[2]


@pytest.mark.parametrize("name", ["unet", "dynunet", "segresnet"])
def test_segmenters_answer_every_pixel(name):
    assert segmenter(name, 8)(torch.zeros(2, 1, SIDE, SIDE)).shape == (2, 1, SIDE, SIDE)


def test_classifiers_give_one_number_and_unknown_nets_are_refused():
    assert classifier("densenet121", 4).eval()(torch.zeros(2, 1, SIDE, SIDE)).shape == (2, 1)
    for made in (segmenter, classifier):
        with pytest.raises(ValueError, match=r"No .* net is called “vgg”"):
            made("vgg", 8)


def test_nothing_found_is_the_worst_there_is():
    truth = np.zeros((8, 8), dtype=bool)
    truth[2:4, 2:4] = True
    assert agreement(np.zeros_like(truth), truth) == {"dice": 0.0, "iou": 0.0, "hd95": WHOLE_DIAGONAL}
    assert agreement(truth, truth) == {"dice": 1.0, "iou": 1.0, "hd95": 0.0}


def changed(how, seed=0, n=64):
    """A marker on the left of every picture, and its outline."""
    pictures = torch.full((n, 1, SIDE, SIDE), 0.2)
    pictures[:, :, 8:24, 2:8] = 0.9
    return augmented(pictures, (pictures > 0.5).float(), how, torch.Generator().manual_seed(seed))


def test_left_stays_left_unless_the_structure_has_no_side():
    def on_the_right(how):
        return changed(how)[1][..., SIDE // 2 :].sum(dim=(1, 2, 3)) > 20

    assert not on_the_right(HEAVY).any()
    assert 16 < on_the_right(replace(MODERATE, mirrored=True)).sum() < 48
    assert may_be_mirrored("lungs") and may_be_mirrored("Opacity")
    assert not any(may_be_mirrored(structure) for structure in ("Left lung", "right lung", "heart"))


def test_an_outline_moves_with_its_picture():
    pictures, masks = changed(replace(MODERATE, gamma=0, brightness=0, contrast=0, grain=0))
    assert ((pictures > 0.55) == (masks > 0.5)).float().mean() > 0.99


def test_without_changes_a_picture_stays_and_with_them_each_is_another():
    still, masks = changed(STILL)
    assert torch.allclose(still, changed(STILL, seed=1)[0], atol=1e-5)
    assert masks.sum() == 64 * 16 * 6
    heavy = changed(HEAVY, n=8)[0]
    assert all((heavy[at] - heavy[at + 1]).abs().mean() > 0.01 for at in range(7))
