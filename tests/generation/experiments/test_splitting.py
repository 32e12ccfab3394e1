"""Splits keep patients whole and strata in proportion; smaller sets of real images lie within larger ones."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.experiments.batches import batches
from generation.experiments.grid import Arm, Cell, Grid, numbers_up_to
from generation.experiments.splitting import TEST, TRAIN, VALIDATE, learning_order, patients_of, split

films = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ab")), min_size=6, max_size=60)
seeds = st.integers(0, 99)


def test_a_key_or_equal_pixels_make_one_patient_and_an_image_without_either_is_its_own():
    assert patients_of(["p", "q", "p", "", ""], ["1", "2", "3", "2", "5"]) == [0, 1, 0, 1, 4]
    assert patients_of(["p", "q", "r", "q"], ["1", "1", "2", "2"]) == [0, 0, 0, 0]  # through the second


@given(films, seeds)
def test_no_patient_is_ever_in_two_parts(found, seed):
    patients, groups = zip(*found, strict=True)
    parts = split(patients, groups, test=0.3, validate=0.2, seed=seed)
    purposes = {
        patient: {part for who, part in zip(patients, parts, strict=True) if who == patient} for patient in patients
    }
    assert all(len(seen) == 1 for seen in purposes.values())


def test_every_stratum_keeps_its_proportion():
    groups = ["large"] * 200 + ["small"] * 20
    parts = split(range(220), groups, test=0.3, validate=0.15, seed=3)
    counts = Counter(zip(groups, parts, strict=True))
    assert [counts["large", part] for part in (TRAIN, VALIDATE, TEST)] == [110, 30, 60]
    assert [counts["small", part] for part in (TRAIN, VALIDATE, TEST)] == [11, 3, 6]


def test_many_strata_of_one_patient_each_still_give_a_test_set():
    groups = [f"stratum {at}" for at in range(10)]
    assert Counter(split(range(10), groups, test=0.3, validate=0.2, seed=0)) == {TRAIN: 5, VALIDATE: 2, TEST: 3}


def test_two_splits_of_one_seed_are_one_and_of_two_are_not():
    same = [split(range(40), ["a"] * 40, test=0.3, validate=0.2, seed=seed) for seed in (1, 1, 2)]
    assert same[0] == same[1] != same[2]


@given(films, seeds, st.integers(1, 5), st.integers(1, 5))
def test_smaller_sets_lie_within_larger_ones_and_cut_at_most_one_patient(found, seed, few, more):
    patients, groups = zip(*found, strict=True)
    order = learning_order(patients, groups, seed)
    assert sorted(order) == list(range(len(found)))
    assert set(order[:few]) <= set(order[: few + more])
    chosen, left = set(order[:few]), set(order[few:])
    assert len({patients[at] for at in chosen} & {patients[at] for at in left}) <= 1


def test_any_beginning_holds_each_stratum_in_proportion():
    groups = ["a"] * 30 + ["b"] * 10
    order = learning_order(range(40), groups, 5)
    for n in (8, 16, 32):
        assert sum(groups[at] == "b" for at in order[:n]) == pytest.approx(n / 4, abs=1)


def test_batches_take_of_every_group_alike_however_few_it_has():
    turn = batches(["real"] * 2 + ["synthetic"] * 500, 8, seed=0)
    drawn = [next(turn) for _ in range(50)]
    assert all((batch < 2).sum() == 4 for batch in drawn)
    assert len({at for batch in drawn for at in batch.tolist()}) == 2 + 200  # each before any comes again


def test_an_odd_batch_takes_the_odd_one_in_turn():
    turn = batches(["a", "b"], 3, seed=0)
    assert sum((next(turn) == 0).sum() for _ in range(2)) == 3


def test_an_arm_without_real_images_is_trained_once_for_all_numbers():
    grid = Grid(arms=[Arm.REAL, Arm.SYNTHETIC], nets=["unet"], numbers=numbers_up_to([10, 99, 5], 20), seeds=[7])
    assert grid.cells() == [
        Cell(Arm.REAL, "unet", 5, 7), Cell(Arm.REAL, "unet", 10, 7), Cell(Arm.REAL, "unet", 20, 7),
        Cell(Arm.SYNTHETIC, "unet", 0, 7),
    ]  # fmt: skip
