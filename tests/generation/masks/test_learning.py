"""Folds, the batch's U-Net and the affinity net."""

import numpy as np
import pytest
import torch

from generation.masks.affinity_net import (
    AffinityNet,
    affinities_of,
    affinity_loss,
    labels_of,
    parameters_of,
    train_affinity,
)
from generation.masks.batch_unet import BatchUNet, held_out_probabilities
from generation.masks.folds import folds_of
from generation.masks.random_walk import SIDE, offsets
from tests.generation.masks.scenes import phantom_scene


def unheard(share: float) -> None: ...


def test_no_patient_is_in_two_folds_and_folds_are_of_like_size():
    groups = [f"patient {index % 7}" for index in range(40)] + [""] * 20
    folds = folds_of(groups, 2, seed=1)
    for name in set(groups) - {""}:
        assert len({fold for fold, group in zip(folds, groups, strict=True) if group == name}) == 1
    assert abs(folds.count(0) - folds.count(1)) <= 6


def test_pictures_without_a_patient_are_parted_one_by_one():
    folds = folds_of([""] * 9, 2, seed=0)
    assert sorted([folds.count(0), folds.count(1)]) == [4, 5]


def test_one_patient_alone_cannot_be_parted():
    with pytest.raises(ValueError, match="1 groups of pictures cannot be parted into 2 folds"):
        folds_of(["same"] * 5, 2, seed=0)


def test_a_held_out_net_never_saw_its_picture():
    """What a picture's own mask says changes nothing in what the other fold's net says of it."""
    scene = phantom_scene(2, 64)
    groups = [""] * 2
    plain = held_out_probabilities(scene.pictures, scene.truths, groups, 0, unheard)
    changed = [~scene.truths[0], *scene.truths[1:]]
    assert np.array_equal(held_out_probabilities(scene.pictures, changed, groups, 0, unheard)[0], plain[0])


def test_the_nets_are_as_small_as_said():
    assert parameters_of(AffinityNet()) == 39_136
    assert 0.15e6 < parameters_of(BatchUNet()) < 0.3e6


def test_training_leaves_the_global_random_state_alone():
    scene = phantom_scene(1, 64)
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    train_affinity(scene.pictures, [truth.astype(np.float32) for truth in scene.truths], 0, unheard)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_only_nodes_that_are_sure_teach():
    assert set(np.unique(labels_of(np.full((64, 64), 0.5, dtype=np.float32)))) == {-1}
    half = np.zeros((64, 64), dtype=np.float32)
    half[:, 32:] = 1
    assert (labels_of(half)[:, 0] == 0).all() and (labels_of(half)[:, -1] == 1).all()


def test_the_loss_weighs_structure_and_surroundings_a_quarter_each_and_edges_a_half():
    """Features all alike: like pairs cost nothing, unlike ones the greatest that the guard against zero allows."""
    labels = torch.zeros(1, 8, 8, dtype=torch.int8)
    labels[:, :, 4:] = 1
    alike = affinity_loss(torch.zeros(1, 2, 8, 8), labels, offsets())
    assert alike.item() == pytest.approx(-np.log(1e-5) / 2, rel=1e-4)
    apart = torch.zeros(1, 2, 8, 8)
    apart[:, :, :, 4:] = 50.0
    assert affinity_loss(apart, labels, offsets()).item() == pytest.approx(0, abs=1e-4)
    assert affinity_loss(apart, torch.ones_like(labels), offsets()).item() > 1


def test_affinity_is_lower_across_the_edge_of_what_was_learned_than_within():
    scene = phantom_scene(3, 128)
    net = train_affinity(scene.pictures, [truth.astype(np.float32) for truth in scene.truths], 0, unheard)
    labels = labels_of(scene.truths[0].astype(np.float32))
    links = dict(zip(offsets(), affinities_of(net, scene.pictures[0]), strict=True))[0, 4][:, : SIDE - 4]
    here, there = labels[:, : SIDE - 4], labels[:, 4:]
    within, across = links[(here == 1) & (there == 1)], links[(here >= 0) & (there >= 0) & (here != there)]
    assert across.mean() < 0.7 * within.mean()
