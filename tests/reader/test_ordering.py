"""Orders: from hash, reader and session alone; hidden repeats keep their distance; places are shuffled."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.actions.ordering import answers_of, balanced_orders, block_of, generator_for, order_for
from tests.factories import StudyFactory


def trials_in(showings):
    return [showing.trial for showing in showings]


def order(digest="ab", reader=1, session=1, numbers=range(1, 41), **options):
    return order_for(generator_for(digest, reader, session), list(numbers), **options)


def test_the_order_follows_from_hash_reader_and_session_alone():
    ways = [(digest, reader, session) for digest in ("ab", "ac") for reader in (1, 2) for session in (1, 2)]

    assert order() == order(numbers=reversed(range(1, 41)))
    assert len({tuple(trials_in(order(*way))) for way in ways}) == 8


def test_the_stated_algorithm_is_pinned():
    assert trials_in(order("0" * 64, 1, 1, range(1, 9))) == [2, 8, 3, 6, 5, 4, 7, 1]


@given(n=st.integers(1, 60), data=st.data(), seed=st.text(max_size=4))
def test_every_trial_comes_once_and_repeats_keep_their_distance(n, data, seed):
    repeats = data.draw(st.integers(0, n))
    distance = data.draw(st.integers(1, n))
    showings = order(seed, numbers=range(1, n + 1), repeats=repeats, distance=distance)
    first = {one.trial: at for at, one in enumerate(showings) if one.occasion == 1}
    second = {one.trial: at for at, one in enumerate(showings) if one.occasion == 2}

    assert sorted(first) == list(range(1, n + 1))
    assert len(second) == repeats
    assert len(showings) == n + repeats
    assert all(at - first[trial] >= distance for trial, at in second.items())


@pytest.mark.parametrize(("repeats", "distance"), [(6, 1), (1, 6)])
def test_what_cannot_be_repeated_is_refused(repeats, distance):
    with pytest.raises(ValueError, match="do not fit among 5 trials"):
        order(numbers=range(1, 6), repeats=repeats, distance=distance)


def test_every_trial_is_repeated_about_as_often_as_any_other():
    seen = Counter(
        one.trial
        for reader in range(400)
        for one in order(reader=reader, numbers=range(1, 11), repeats=3, distance=4)
        if one.occasion == 2
    )

    assert sum(seen.values()) == 1200
    assert all(85 < seen[trial] < 155 for trial in range(1, 11))  # 120 expected, 3.8 standard deviations


def test_places_of_a_trial_are_shuffled_evenly():
    arrangements = Counter(tuple(one.arrangement) for one in order(numbers=range(6000), images_per_trial=3))

    assert len(arrangements) == 6
    assert all(880 < count < 1120 for count in arrangements.values())


@pytest.mark.parametrize(("readers", "answers"), [(2, ["real", "fake"]), (3, ["real", "fake", "unsure"])])
def test_as_few_readers_as_there_are_answers_meet_each_of_them_in_each_place_once(readers, answers):
    orders = balanced_orders(answers)[:readers]

    assert all(sorted(place) == sorted(answers) for place in zip(*orders, strict=True))


@pytest.mark.django_db
def test_counterbalanced_answers_go_through_all_orders():
    study = StudyFactory(answer_order="counterbalanced")

    assert answers_of(study, 1) == ["real", "fake", "unsure"]
    assert len({tuple(answers_of(study, number)) for number in range(1, 7)}) == 6
    assert answers_of(study, 7) == answers_of(study, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("blocks", [2, 3])
def test_in_a_split_plot_every_block_meets_every_order_of_the_answers(blocks):
    study = StudyFactory(answer_order="counterbalanced", blocks=blocks)
    met = {(block_of(study, number), tuple(answers_of(study, number))) for number in range(1, 6 * blocks + 1)}

    assert len(met) == 6 * blocks


@pytest.mark.django_db
def test_places_and_points_are_never_reordered():
    assert answers_of(StudyFactory(design="rating", answer_order="counterbalanced"), 2) == ["1", "2", "3", "4", "5"]
