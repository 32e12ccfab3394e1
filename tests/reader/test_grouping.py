"""Grouping: every trial holds one image to be found, every block its share of every pool, and places tell nothing."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reader.actions.errors import StudyError
from reader.actions.grouping import Drawn, block_of_each, group_into_trials
from reader.models import Design, Pool, Study

FINDINGS = ["nodule", "normal", ""]
ASKED_FOR = st.sampled_from(["real", "fake"])


def generator(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def images(pool, count, finding=""):
    return [Drawn(pool, 100 * pool.pk + number, finding) for number in range(count)]


def arms(targets, others, *, target="real", finding="", first_pool=1):
    """So many images to be found and so many others, each from a pool of its own."""
    wanted, rest = ("real", "synthetic") if target == "real" else ("synthetic", "real")
    return [
        *images(Pool(pk=first_pool, origin=wanted), targets, finding),
        *images(Pool(pk=first_pool + 1, origin=rest), others, finding),
    ]


@given(
    size=st.integers(2, 6),
    counts=st.lists(st.integers(0, 6), min_size=3, max_size=3),
    target=ASKED_FOR,
    seed=st.integers(0, 2**31),
)
def test_every_trial_has_one_target_of_the_finding_of_its_others_and_every_image_comes_once(size, counts, target, seed):
    study = Study(design=Design.TUPLE, tuple_size=size, target=target, match_finding=True)
    drawn = []
    for place, (finding, count) in enumerate(zip(FINDINGS, counts, strict=True)):
        drawn += arms(count, count * (size - 1), target=target, finding=finding, first_pool=1 + 2 * place)
    mixed = [drawn[at] for at in generator(seed).permutation(len(drawn))]
    trials = group_into_trials(study, mixed, generator(seed))

    assert all(len(trial) == size for trial in trials)
    assert all(sum(one.is_target(study) for one in trial) == 1 for trial in trials)
    assert all(len({one.finding for one in trial}) == 1 for trial in trials)
    assert sorted(one.image_id for trial in trials for one in trial) == sorted(one.image_id for one in drawn)


@given(
    targets=st.integers(0, 9),
    others=st.integers(0, 30),
    size=st.integers(2, 5),
    target=st.sampled_from(["real", "fake"]),
)
def test_what_makes_no_whole_trials_is_refused_and_the_number_it_names_is_taken(targets, others, size, target):
    assume(others != targets * (size - 1))
    study = Study(design=Design.TUPLE, tuple_size=size, target=target)
    with pytest.raises(StudyError) as refused:
        group_into_trials(study, arms(targets, others, target=target), generator())

    if targets:
        assert f"pools draw {targets * (size - 1)}" in str(refused.value)
        group_into_trials(study, arms(targets, targets * (size - 1), target=target), generator())


def test_a_refusal_names_the_finding_and_whether_it_is_practice():
    study = Study(design=Design.PAIR, match_finding=True)
    drawn = [*arms(2, 3, finding="nodule"), *arms(1, 1, first_pool=3)]
    for one in drawn:
        one.pool.practice = True

    with pytest.raises(StudyError) as refused:
        group_into_trials(study, drawn, generator())
    assert str(refused.value) == (
        "Each trial shows 1 real and 1 synthetic image of “nodule”, but the pools for practice draw 2 real and 3 "
        "synthetic: let the synthetic pools for practice draw 2 of “nodule”, or let the real pools for practice draw 3 "
        "of “nodule”."
    )


def test_the_target_stands_at_every_place_equally_often():
    study = Study(design=Design.TUPLE, tuple_size=3)
    trials = group_into_trials(study, arms(3000, 6000), generator(5))
    places = Counter(next(at for at, one in enumerate(trial) if one.is_target(study)) for trial in trials)

    assert all(880 < places[place] < 1120 for place in range(3))  # 1000 expected, 4.6 standard deviations


@given(counts=st.lists(st.integers(1, 12), min_size=1, max_size=4), blocks=st.integers(1, 6), seed=st.integers(0, 99))
def test_every_block_holds_its_share_of_every_pool(counts, blocks, seed):
    assume(blocks <= sum(counts))
    pools = [Pool(pk=key, origin="real") for key in range(1, len(counts) + 1)]
    trials = [[one] for pool, count in zip(pools, counts, strict=True) for one in images(pool, count)]
    dealt = block_of_each(trials, blocks, generator(seed))
    shares = {pool.pk: Counter() for pool in pools}
    for [one], block in zip(trials, dealt, strict=True):
        shares[one.pool.pk][block] += 1

    for share in [*shares.values(), Counter(dealt)]:
        sizes = [share[block] for block in range(1, blocks + 1)]
        assert max(sizes) - min(sizes) <= 1


def test_which_trials_share_a_block_depends_on_the_seed_alone():
    trials = [[one] for one in arms(6, 6)]
    ways = [block_of_each(trials, 3, generator(seed)) for seed in (1, 1, 2, 3)]

    assert ways[0] == ways[1]
    assert all(one != other for one, other in pairwise(ways[1:]))
