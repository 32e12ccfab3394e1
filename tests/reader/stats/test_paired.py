"""McNemar's test and Cochran's Q agree with R and statsmodels."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats import contingency_tables

from reader.stats.paired import (
    ALL_ALIKE,
    NO_DIFFERENCE_WITHIN,
    TOO_FEW,
    cochran_q,
    mcnemar,
    mcnemar_of_counts,
)
from reader.stats.unsure import credit
from tests.reader.stats.reference_cases import codes_of, reference_case

counts = st.integers(0, 80)
mark_tables = st.tuples(st.integers(1, 30), st.integers(2, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0]))
)


def test_agrestis_approval_ratings_come_out_as_in_r():
    case = reference_case("mcnemar_agresti_approval")
    made, expected = mcnemar_of_counts(**case["data"]), case["expected"]
    assert made.exact_p == pytest.approx(expected["exact_p"], abs=1e-9)
    assert (made.chi2, made.chi2_continuity) == pytest.approx((expected["chi2"], expected["chi2_continuity"]), abs=1e-6)


@pytest.mark.parametrize("name", ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"])
def test_the_first_two_readers_of_our_studies_match_r(name):
    case = reference_case(name)
    marks = credit(case["data"]["truth_fake"], codes_of(case["data"]["ratings"], [0, 1, 2]), unsure=np.nan)
    made, expected = mcnemar(marks[:, 0], marks[:, 1]), case["expected"]["mcnemar_R1_R2_decided"]
    assert [made.both, made.only_first, made.only_second, made.neither] == [
        expected[key] for key in ("both", "only1", "only2", "neither")
    ]
    assert made.exact_p == pytest.approx(expected["exact_p"], abs=1e-8)
    assert (made.chi2, made.chi2_continuity) == pytest.approx((expected["chi2"], expected["chi2_cc"]), abs=1e-8)


# Fagerland, Lydersen and Laake 2013, tables 1 and 2 and their mid-p values.
@pytest.mark.parametrize(("only_first", "only_second", "mid_p"), [(1, 7, 0.0391), (6, 16, 0.0347)])
def test_mid_p_matches_fagerland_2013(only_first, only_second, mid_p):
    assert mcnemar_of_counts(0, only_first, only_second, 0).mid_p == pytest.approx(mid_p, abs=5e-5)


@given(counts, counts, counts, counts)
def test_mcnemar_agrees_with_statsmodels(both, only_first, only_second, neither):
    made = mcnemar_of_counts(both, only_first, only_second, neither)
    table = [[both, only_first], [only_second, neither]]
    assert made.exact_p == pytest.approx(contingency_tables.mcnemar(table).pvalue, abs=1e-9)
    assert made.mid_p <= made.exact_p
    if only_first + only_second:
        plain = contingency_tables.mcnemar(table, exact=False, correction=False)
        assert made.chi2 == pytest.approx(plain.statistic)


@given(mark_tables)
def test_cochrans_q_agrees_with_statsmodels(marks):
    made = cochran_q(marks)
    assume(not made.reason)
    theirs = contingency_tables.cochrans_q(marks)
    assert (made.q, made.p) == (pytest.approx(theirs.statistic), pytest.approx(theirs.pvalue))


def test_cochrans_q_of_two_readers_is_mcnemars_chi_squared():
    marks = np.random.default_rng(1).integers(0, 2, size=(50, 2)).astype(float)
    assert cochran_q(marks).q == pytest.approx(mcnemar(marks[:, 0], marks[:, 1]).chi2)


def test_readers_who_are_right_on_the_same_images_leave_nothing_to_compare():
    made = mcnemar([1, 0, 1], [1, 0, 1])
    assert (made.exact_p, made.mid_p, made.reason) == (1, 1, ALL_ALIKE)
    assert cochran_q([[1, 1], [0, 0]]).reason == NO_DIFFERENCE_WITHIN


def test_missing_is_left_out_and_too_little_has_a_reason():
    assert mcnemar([1, np.nan, 0], [0, 1, np.nan]).only_first == 1
    assert cochran_q([[1, np.nan], [0, 1], [1, 0]]).n_images == 2
    assert cochran_q([[1], [0]]).reason == TOO_FEW
    assert cochran_q([[1, np.nan], [np.nan, 0]]).reason == TOO_FEW


def test_half_credit_and_unlike_shapes_are_refused():
    with pytest.raises(ValueError, match="half credit"):
        mcnemar([0.5], [1])
    with pytest.raises(ValueError, match="one mark per image"):
        mcnemar([1], [1, 0])
    with pytest.raises(ValueError, match="hold 1, 0 or nan"):
        cochran_q([[0.5, 1]])
    with pytest.raises(ValueError, match="negative"):
        mcnemar_of_counts(0, -1, 0, 0)
