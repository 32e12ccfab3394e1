"""Areas under ROC curves match R and scikit-learn, and have a defined outcome at the edges."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from sklearn import metrics

from reader.stats.roc import NO_FAKE, NO_REAL, ONE_OF_A_KIND, SEPARATED, area, compare_areas, roc_curve
from reader.stats.unsure import suspicion
from tests.reader.stats.reference_cases import codes_of, reference_case

readings = st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=40)
fine_readings = st.lists(st.tuples(st.booleans(), st.floats(-1e6, 1e6)), min_size=2, max_size=40)


def split(pairs):
    truth = np.array([is_fake for is_fake, _ in pairs])
    assume(truth.any() and not truth.all())
    return truth, np.array([score for _, score in pairs], dtype=float)


def test_hanley_and_mcneil_1982_come_out_as_stata_prints_them():
    case = reference_case("auc_hanley_mcneil_ct")
    made = area(case["data"]["truth"], case["data"]["score"])
    assert made.value == pytest.approx(case["expected"]["auc"], abs=1e-9)
    assert made.se == pytest.approx(case["expected"]["se_delong"], abs=1e-9)
    assert (made.low, made.high) == pytest.approx(case["expected"]["ci95"], abs=1e-8)


def test_two_correlated_areas_compare_as_in_proc():
    case = reference_case("delong_aSAH_s100b_wfns")
    data, expected = case["data"], case["expected"]
    made = compare_areas(data["truth"], data["score_1"], data["score_2"])
    assert [made.first.value, made.second.value] == pytest.approx(expected["auc"], abs=1e-9)
    assert [made.first.se, made.second.se] == pytest.approx(expected["se_delong"], abs=1e-9)
    assert made.z == pytest.approx(expected["z"], abs=1e-7)
    assert made.difference.p == pytest.approx(expected["p"], abs=1e-8)
    assert (made.difference.low, made.difference.high) == pytest.approx(expected["diff_ci95"], abs=1e-8)


@pytest.mark.parametrize("name", ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"])
def test_three_level_areas_of_our_studies_match_proc(name):
    case = reference_case(name)
    codes = codes_of(case["data"]["ratings"], [0, 1, 2])
    for column, expected in enumerate(case["expected"]["per_reader"]):
        made = area(case["data"]["truth_fake"], suspicion(codes[:, column]))
        assert (made.value, made.se) == pytest.approx((expected["auc_3level"], expected["auc_se_delong"]), abs=1e-8)
        assert (made.low, made.high) == pytest.approx(expected["auc_ci95"], abs=1e-8)
        assert made.n == expected["n"]


@given(st.one_of(readings, fine_readings))
def test_areas_and_curves_agree_with_scikit_learn(pairs):
    truth, scores = split(pairs)
    assert area(truth, scores).value == pytest.approx(metrics.roc_auc_score(truth, scores), abs=1e-12)
    ours, theirs = roc_curve(truth, scores), metrics.roc_curve(truth, scores, drop_intermediate=False)
    assert ours.false_alarms == pytest.approx(theirs[0])
    assert ours.hits == pytest.approx(theirs[1])


@given(readings)
def test_the_test_against_chance_is_scipys_mann_whitney(pairs):
    truth, scores = split(pairs)
    assume(len(set(scores)) > 1)
    theirs = mannwhitneyu(scores[truth], scores[~truth], method="asymptotic", use_continuity=False)
    assert area(truth, scores).p == pytest.approx(theirs.pvalue, abs=1e-9)


@given(readings, st.integers(1, 9))
def test_only_the_order_of_scores_counts(pairs, factor):
    truth, scores = split(pairs)
    assert str(area(truth, scores)) == str(area(truth, np.exp(scores * factor)))  # as text, since nan is not nan


def test_turning_the_scores_round_turns_the_area_round():
    truth = np.array([1, 1, 1, 0, 0, 0, 0])
    scores = np.array([3, 2, 0, 1, 0, 2, 0.0])
    made, turned = area(truth, scores), area(truth, -scores)
    assert turned.value == pytest.approx(1 - made.value)
    assert turned.se == pytest.approx(made.se)


def test_a_perfect_reader_has_an_area_and_a_p_and_no_interval():
    made = area([1] * 20 + [0] * 20, [2.0] * 20 + [0.0] * 20)
    assert (made.value, made.reason) == (1.0, SEPARATED)
    assert made.p < 1e-6 and not made.has_interval


def test_all_unsure_is_a_half_without_interval_or_test():
    made = area([1, 1, 0, 0], [1.0] * 4)
    assert (made.value, made.reason) == (0.5, SEPARATED)
    assert np.isnan(made.p)


def test_missing_scores_are_left_out_and_a_class_without_a_score_has_a_reason():
    truth, scores = [1, 1, 1, 0, 0, 0], [3, np.nan, 1, 2, 0, np.nan]
    assert area(truth, scores) == area([1, 1, 0, 0], [3, 1, 2, 0])
    assert area([1, 0], [np.nan, 1.0]).reason == NO_FAKE
    assert area([1, 0], [1.0, np.nan]).reason == NO_REAL
    assert area([1, 0, 0], [1.0, 0.0, 2.0]).reason == ONE_OF_A_KIND
    assert len(roc_curve([1, 1], [0.0, 1.0]).hits) == 0


def test_a_reader_compared_with_itself_differs_by_nothing_and_that_has_no_error():
    truth, scores = [1, 1, 1, 0, 0, 0], [2, 1, 0, 1, 0, 0]
    made = compare_areas(truth, scores, scores).difference
    assert (made.value, made.reason) == (0, SEPARATED)
    assert compare_areas([1, 0], [np.nan, 1.0], [1.0, 1.0]).difference.reason == NO_FAKE


def test_shapes_that_differ_and_truths_that_are_unknown_are_refused():
    with pytest.raises(ValueError, match="one score per image"):
        roc_curve([1, 0], [1.0])
    with pytest.raises(ValueError, match="unknown truth"):
        area([1, 2], [1.0, 2.0])
