"""Rank tests agree with SciPy, Holm's with statsmodels, Bradley and Terry's with Agresti."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from reader.stats.choices import NO_CHOICE, NOT_LINKED, REFERENCE, bradley_terry, share_found
from reader.stats.estimate import Population
from reader.stats.ratings import ALL_TIED, EMPTY, NO_CHANGE, NO_PAIR, holm, midranks, rank_sum, signed_rank

likert = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=12)

# Agresti, Categorical Data Analysis (1990), sect. 10.6: home and away wins of the American League East, 1987.
TEAMS = ["Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore"]
WINS = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ]
)
NO_TIES = np.zeros((7, 7), dtype=int)


@given(likert)
def test_the_signed_rank_test_is_exact_with_ties(pairs):
    a, b = np.array(pairs, dtype=float).T
    assume((a != b).any())
    differences = (a - b)[a != b]
    ranks = stats.rankdata(np.abs(differences))
    signs = np.array(np.meshgrid(*[[0, 1]] * len(ranks))).reshape(len(ranks), -1)
    sums = ranks @ signs
    observed = ranks[differences > 0].sum()
    expected = min(1.0, 2 * min((sums <= observed + 1e-9).mean(), (sums >= observed - 1e-9).mean()))
    assert signed_rank(a, b).p == pytest.approx(expected)


def test_the_signed_rank_test_without_ties_is_scipys_exact_one():
    a, b = np.random.default_rng(1).normal(size=(2, 30))
    theirs = stats.wilcoxon(a, b, method="exact")
    made = signed_rank(a, b)
    assert made.p == pytest.approx(theirs.pvalue)
    assert min(made.statistic, 465 - made.statistic) == theirs.statistic


def test_beyond_fifty_pairs_the_signed_rank_test_is_scipys_normal_one():
    a, b = np.random.default_rng(2).integers(1, 6, size=(2, 90)).astype(float)
    theirs = stats.wilcoxon(a, b, method="approx", correction=False, zero_method="wilcox")
    assert signed_rank(a, b).p == pytest.approx(theirs.pvalue)


@given(likert)
def test_the_rank_sum_test_is_scipys_mann_whitney(pairs):
    a, b = np.array(pairs, dtype=float).T
    assume(len(set(a) | set(b)) > 1)
    theirs = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False)
    made = rank_sum(a, b)
    assert (made.statistic, made.p) == (theirs.statistic, pytest.approx(theirs.pvalue))
    assert midranks(a) == pytest.approx(stats.rankdata(a))


@pytest.mark.parametrize("p_values", [[0.3], [0.04, 0.01, 0.03], [0.01, 0.01, 0.9, 0.0], [0.2, 0.011, 0.02, 0.5, 1.0]])
def test_holm_agrees_with_statsmodels(p_values):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_an_undefined_test_is_no_test_for_holm():
    made = holm([0.01, np.nan, 0.04])
    assert made[[0, 2]].tolist() == [0.02, 0.04] and np.isnan(made[1])
    with pytest.raises(ValueError, match="from 0 to 1"):
        holm([1.2])


def test_ratings_that_never_differ_or_are_missing_have_reasons():
    assert signed_rank([3, 3], [3, 3]).reason == NO_CHANGE
    assert signed_rank([np.nan], [1]).reason == NO_PAIR
    assert rank_sum([], [1.0]).reason == EMPTY
    assert rank_sum([2, 2], [2.0]).reason == ALL_TIED
    assert signed_rank([5, 5, 5, np.nan], [1, 2, 3, 4]).effect == 1
    with pytest.raises(ValueError, match="same number"):
        signed_rank([1], [1, 2])


def test_baseball_1987_comes_out_as_agresti_prints_it():
    made = bradley_terry(WINS, NO_TIES)
    values = [one.value - made.strengths[-1].value for one in made.strengths]
    assert values == pytest.approx([1.581, 1.436, 1.294, 1.248, 1.108, 0.684, 0], abs=5e-4)
    against_last = bradley_terry(WINS[::-1, ::-1], NO_TIES).strengths
    assert against_last[-1].se == pytest.approx(0.343, abs=5e-4)
    assert made.tie == 0 and made.strengths[0].reason == REFERENCE


def test_two_items_are_the_log_odds_of_one_over_the_other():
    made = bradley_terry([[0, 30], [10, 0]], [[0, 0], [0, 0]]).strengths[1]
    assert (made.value, made.se) == pytest.approx((np.log(10 / 30), (1 / 30 + 1 / 10) ** 0.5))


def test_ties_follow_davidson():
    # Two items: nu is ties over the geometric mean of the wins.
    made = bradley_terry([[0, 16], [9, 0]], [[0, 6], [6, 0]])
    assert made.tie == pytest.approx(6 / 12)
    assert made.strengths[1].value == pytest.approx(np.log(9 / 16))


def test_the_order_of_items_moves_the_reference_alone():
    ties = np.ones((7, 7)) - np.eye(7)
    made, turned = bradley_terry(WINS, ties), bradley_terry(WINS[::-1, ::-1], ties)
    forward = np.array([one.value for one in made.strengths])
    backward = np.array([one.value for one in turned.strengths])[::-1]
    assert forward - forward[-1] == pytest.approx(backward)
    assert made.tie == pytest.approx(turned.tie)


def test_an_item_that_never_lost_has_no_finite_strength_and_all_unsure_is_no_choice():
    assert bradley_terry([[0, 3], [0, 0]], np.zeros((2, 2))).strengths[1].reason == NOT_LINKED
    assert bradley_terry(np.zeros((2, 2)), [[0, 4], [4, 0]]).strengths[0].reason == NO_CHOICE
    assert bradley_terry([[0, 3], [0, 0]], [[0, 1], [1, 0]]).strengths[1].reason == NOT_LINKED


def test_ties_may_hold_an_item_that_never_lost_at_a_finite_distance():
    wins, ties = [[0, 5, 4], [0, 0, 6], [0, 5, 0]], [[0, 3, 3], [3, 0, 2], [3, 2, 0]]
    made = bradley_terry(wins, ties)
    assert all(-10 < one.value < 0 for one in made.strengths[1:])


def test_impossible_tables_are_refused():
    with pytest.raises(ValueError, match="square"):
        bradley_terry([[0, 1]], [[0, 1]])
    with pytest.raises(ValueError, match="both ways"):
        bradley_terry([[0, 1], [1, 0]], [[0, 1], [0, 0]])
    with pytest.raises(ValueError, match="meet itself"):
        bradley_terry([[1, 1], [1, 0]], [[0, 0], [0, 0]])


def test_one_found_among_four_is_tested_against_a_quarter():
    made = share_found(20, 48, 4, population=Population.THIS_READER)
    theirs = stats.binomtest(20, 48, 1 / 4)
    interval = theirs.proportion_ci()
    assert (made.value, made.p) == (pytest.approx(20 / 48), pytest.approx(theirs.pvalue))
    assert (made.low, made.high) == pytest.approx((interval.low, interval.high))
    assert share_found(0, 0, 4, population=Population.THIS_READER).reason == NO_CHOICE
    with pytest.raises(ValueError, match="two images"):
        share_found(1, 2, 1, population=Population.THIS_READER)
