"""Every handling of unsure stands beside the others, and unsure is never missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, ttest_1samp

from reader.stats.accuracy import MOVES_WITH_MIX, reader_accuracy
from reader.stats.balanced import NO_TWO_CLASSES, balanced_accuracy, fisher_p
from reader.stats.mrmc import mean_of_readers
from reader.stats.mrmc_merits import share_merit
from reader.stats.proportions import POOLED, exact_interval
from reader.stats.unsure import (
    ALL_ALIKE,
    NO_VERDICT,
    NOTHING_DECIDED,
    ONE_IMAGE,
    credit,
    pooled_accuracy,
    suspicion,
    unsure_views,
)
from reader.stats.verdicts import FAKE, MISSING, REAL, UNSURE
from tests.reader.stats.reference_cases import codes_of, reference_case

verdicts = st.lists(st.tuples(st.booleans(), st.sampled_from([FAKE, UNSURE, REAL, MISSING])), min_size=1, max_size=60)
STUDIES = ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"]


def study(name):
    case = reference_case(name)
    return case["data"]["truth_fake"], codes_of(case["data"]["ratings"], [0, 1, 2]), case["expected"]["per_reader"]


@pytest.mark.parametrize("name", STUDIES)
def test_every_view_of_every_reader_matches_r(name):
    truth, codes, readers = study(name)
    for column, expected in enumerate(readers):
        made = unsure_views(truth, codes[:, column])
        assert made.coverage.value == pytest.approx(expected["coverage"], abs=1e-8)
        assert (made.coverage.low, made.coverage.high) == pytest.approx(expected["coverage_wilson"], abs=1e-8)
        decided = made.accuracy_decided
        assert (decided.value, decided.n) == (pytest.approx(expected["accuracy_decided"]), expected["decided"])
        assert (decided.low, decided.high) == pytest.approx(expected["cp"], abs=1e-8)
        assert decided.p == pytest.approx(expected["p_vs_half"], abs=1e-8)
        bounds = (made.accuracy_worst.value, made.accuracy_best.value)
        assert bounds == pytest.approx((expected["worst"], expected["best"]), abs=1e-8)
        assert made.area.value == pytest.approx(expected["auc_3level"], abs=1e-8)


def test_the_rules_part_on_the_same_verdicts_as_the_notes_say():
    truth, codes, _ = study("real_fake_unsure_missing_A")
    read = codes != MISSING
    views = {unsure: np.nanmean(credit(truth, codes, unsure=unsure)) for unsure in (0.0, 0.5, 1.0, np.nan)}
    assert [round(value, 3) for value in views.values()] == [0.516, 0.591, 0.665, 0.606]
    assert ((codes != UNSURE) & read).sum() / read.sum() == pytest.approx(0.851, abs=5e-4)
    assert pooled_accuracy(truth, codes).value == pytest.approx(0.606, abs=5e-4)


@given(verdicts)
def test_half_credit_lies_midway_between_the_bounds_and_missing_counts_nowhere(rows):
    truth, codes = [is_fake for is_fake, _ in rows], [said for _, said in rows]
    made = unsure_views(truth, codes)
    if made.coverage.is_defined:
        middle = (made.accuracy_worst.value + made.accuracy_best.value) / 2
        assert made.accuracy_half_credit.value == pytest.approx(middle)
        assert made.coverage.n == sum(said != MISSING for said in codes)
    known = [(is_fake, said) for is_fake, said in rows if said != MISSING]
    without = unsure_views([is_fake for is_fake, _ in known], [said for _, said in known])
    for one, other in zip(vars(made).values(), vars(without).values(), strict=True):
        assert (one.value, one.low, one.se) == pytest.approx((other.value, other.low, other.se), nan_ok=True)
        assert (one.n, one.reason) == (other.n, other.reason)


def test_half_credit_is_students_test_of_the_marks():
    truth, codes, _ = study("real_fake_unsure_complete_A")
    marks = credit(truth, codes[:, 2], unsure=0.5)
    made, theirs = unsure_views(truth, codes[:, 2]).accuracy_half_credit, ttest_1samp(marks, 0.5)
    assert (made.p, made.df) == (pytest.approx(theirs.pvalue), theirs.df)
    interval = theirs.confidence_interval()
    assert (made.low, made.high) == pytest.approx((interval.low, interval.high))


def test_all_unsure_is_covered_by_nothing_and_decided_on_nothing():
    made = unsure_views([1, 0, 1, 0], [UNSURE] * 4)
    assert made.coverage.value == 0 and made.accuracy_decided.reason == NOTHING_DECIDED
    assert (made.accuracy_half_credit.value, made.accuracy_half_credit.reason) == (0.5, ALL_ALIKE)
    assert (made.accuracy_worst.value, made.accuracy_best.value, made.area.value) == (0, 1, 0.5)


def test_all_missing_is_undefined_and_not_unsure():
    made = unsure_views([1, 0], [MISSING] * 2)
    assert made.coverage.reason == made.accuracy_half_credit.reason == NO_VERDICT
    assert unsure_views([1], [FAKE]).accuracy_half_credit.reason == ONE_IMAGE


def test_the_pooled_binomial_is_labelled_and_shorter_than_the_primary_test():
    truth, codes, _ = study("real_fake_unsure_complete_A")
    pooled = pooled_accuracy(truth, codes)
    primary = mean_of_readers(share_merit(credit(truth, codes, unsure=np.nan)), chance=0.5).mean.readers_and_images
    assert pooled.warning == POOLED
    assert pooled.high - pooled.low < primary.high - primary.low
    assert (pooled.low, pooled.high) == exact_interval(round(pooled.value * pooled.n), pooled.n)


def test_suspicion_puts_fake_above_unsure_above_real():
    assert suspicion([FAKE, UNSURE, REAL]).tolist() == [2, 1, 0]
    assert np.isnan(suspicion([MISSING])).all()


def test_strange_codes_and_unlike_lengths_are_refused():
    with pytest.raises(ValueError, match="codes must be"):
        credit([1], [3], unsure=0.5)
    with pytest.raises(ValueError, match="one truth per image"):
        credit([1, 0], [0], unsure=0.5)


@given(st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_fishers_test_agrees_with_scipy(counts):
    table = [counts[:2], counts[2:]]
    assert fisher_p(table) == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)


def test_balanced_accuracy_has_newcombes_interval():
    # Newcombe 1998, Stat. Med. 17:873, table II, method 10: 56/70 - 48/80 = 0.2, 0.0524 to 0.3339.
    made = balanced_accuracy(56, 70, 80 - 48, 80, test_chance=True)
    assert made.value == pytest.approx((1 + 0.2) / 2)
    assert (2 * made.low - 1, 2 * made.high - 1) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert made.p == pytest.approx(fisher_exact([[56, 14], [48, 32]]).pvalue)


def test_a_readers_table_gives_balanced_accuracy_and_predictive_values():
    made = reader_accuracy([[6, 3, 1], [2, 4, 14]])
    assert made.balanced_accuracy.value == pytest.approx((6 / 10 + 14 / 20) / 2)
    assert made.balanced_accuracy_decided.value == pytest.approx((6 / 7 + 14 / 16) / 2)
    assert np.isnan(made.balanced_accuracy.p) and made.balanced_accuracy_decided.p < 0.01
    assert (made.predictive_value_fake.value, made.predictive_value_real.value) == pytest.approx((6 / 8, 14 / 15))
    assert made.predictive_value_fake.warning == MOVES_WITH_MIX


def test_a_reader_who_called_nothing_fake_has_no_predictive_value_for_it():
    made = reader_accuracy([[0, 3, 1], [0, 0, 4]])
    assert made.predictive_value_fake.reason == "This reader has called no image fake."
    assert reader_accuracy([[1, 0, 0], [0, 0, 0]]).balanced_accuracy.reason == NO_TWO_CLASSES


def test_a_perfect_reader_keeps_an_interval():
    made = reader_accuracy([[20, 0, 0], [0, 0, 20]]).balanced_accuracy_decided
    assert (made.value, made.high) == (1, 1)
    assert 0.8 < made.low < 1 and made.p < 1e-9
