"""What must not change an estimate does not, and what must be kept apart is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reader.models import Verdict
from reader.stats.accuracy import reader_accuracy, truth_by_verdict
from reader.stats.agreement import fleiss_kappa, percent_agreement
from reader.stats.cohen import cohen_kappa, pairwise_agreement
from reader.stats.verdicts import MISSING, UNSURE, VERDICTS, count_table, encode_verdicts

codes = st.tuples(st.integers(1, 25), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.integers(-1, 2))
)
seeds = st.integers(0, 2**32 - 1)


def numbers(estimate):
    return [estimate.value, estimate.low, estimate.high, estimate.n, estimate.se]


def together(codes, n_categories=3):
    counts = count_table(codes, n_categories)
    return numbers(fleiss_kappa(counts)) + numbers(percent_agreement(counts))


def same(found, expected):
    return np.array(found) == pytest.approx(np.array(expected), abs=1e-9, nan_ok=True)


@given(codes, seeds)
def test_the_order_of_images_does_not_matter(codes, seed):
    shuffled = np.random.default_rng(seed).permutation(codes)
    assert same(together(shuffled), together(codes))
    for before, after in zip(pairwise_agreement(codes, 3), pairwise_agreement(shuffled, 3), strict=True):
        assert same(numbers(after.kappa), numbers(before.kappa))


@given(codes, seeds)
def test_the_order_of_readers_does_not_matter(codes, seed):
    order = np.random.default_rng(seed).permutation(codes.shape[1])
    assert same(together(codes[:, order]), together(codes))
    before = {frozenset((p.first, p.second)): p for p in pairwise_agreement(codes, 3)}
    for after in pairwise_agreement(codes[:, order], 3):
        was = before[frozenset((int(order[after.first]), int(order[after.second])))]
        assert same(numbers(after.kappa), numbers(was.kappa))
        assert same(numbers(after.percent), numbers(was.percent))


@given(codes)
def test_a_declared_category_that_nobody_used_does_not_matter(codes):
    assert same(together(codes, 4), together(codes, 3))


@given(codes)
def test_images_that_nobody_read_do_not_matter(codes):
    unread = np.full((3, codes.shape[1]), MISSING)
    assert same(together(np.vstack([codes, unread])), together(codes))


@given(codes)
def test_two_readers_have_one_percent_agreement_whichever_way_it_is_asked(codes):
    for pair in pairwise_agreement(codes, 3):
        both = codes[:, [pair.first, pair.second]]
        both = both[(both >= 0).all(axis=1)]
        assert same(numbers(pair.percent), numbers(percent_agreement(count_table(both, 3))))


@given(codes)
def test_an_interval_holds_its_estimate_and_stays_in_range(codes):
    counts = count_table(codes, 3)
    pairs = pairwise_agreement(codes, 3)
    for found, floor in [(fleiss_kappa(counts), -np.inf), (percent_agreement(counts), 0)] + [
        (pair.kappa, -1) for pair in pairs
    ]:
        assert found.has_interval or found.reason
        if found.has_interval:
            assert floor <= found.low <= found.value + 1e-12
            assert found.value - 1e-12 <= found.high <= 1


def test_missing_is_not_unsure():
    unsure = [[0, 0, UNSURE], [2, 2, UNSURE], [0, 2, 2], [2, 2, 2]]
    missing = [[MISSING if code == UNSURE else code for code in row] for row in unsure]
    assert fleiss_kappa(count_table(unsure, 3)).value != fleiss_kappa(count_table(missing, 3)).value
    assert truth_by_verdict([1, 0], [UNSURE, 0]).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert truth_by_verdict([1, 0], [MISSING, 0]).tolist() == [[0, 0, 0], [1, 0, 0]]


def test_categories_keep_their_declared_order_and_are_never_sorted():
    assert VERDICTS == ("fake", "unsure", "real")
    assert tuple(Verdict.values) == VERDICTS
    assert encode_verdicts([["fake", "unsure", "real", None]]).tolist() == [[0, 1, 2, MISSING]]
    assert encode_verdicts([["b", "a"]], ["b", "a"]).tolist() == [[0, 1]]


def test_swapping_two_readers_keeps_kappa_and_turns_the_table():
    table = np.array([[24, 8, 13], [8, 13, 11], [10, 9, 64]])
    assert same(numbers(cohen_kappa(table)), numbers(cohen_kappa(table.T)))


def test_swapping_fake_and_real_swaps_sensitivity_and_specificity():
    table = np.array([[6, 3, 1], [2, 4, 14]])
    one, other = reader_accuracy(table), reader_accuracy(table[::-1, ::-1])
    assert (one.sensitivity, one.sensitivity_decided) == (other.specificity, other.specificity_decided)
    assert (one.accuracy, one.coverage) == (other.accuracy, other.coverage)
