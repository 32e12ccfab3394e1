"""The exact test of a proportion agrees with R and SciPy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from reader.stats.estimate import Population
from reader.stats.proportions import POOLED, binomial_p, exact_interval, exact_proportion
from tests.reader.stats.reference_cases import reference_case

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("name", ["proportion_81_of_263", "proportion_0_of_20", "proportion_37_of_60"])
def test_the_test_against_one_half_matches_r(name):
    case = reference_case(name)
    made = binomial_p(case["data"]["k"], case["data"]["n"], 0.5)
    assert made == pytest.approx(case["expected"]["p_two_sided_vs_half"], rel=1e-9, abs=1e-12)


@given(counts, st.sampled_from([0.5, 1 / 3, 0.25, 0.9]))
def test_the_test_against_any_chance_agrees_with_scipy(pair, chance):
    assert binomial_p(*pair, chance) == pytest.approx(binomtest(*pair, chance).pvalue, abs=1e-9)


@given(counts)
def test_the_exact_interval_and_the_test_go_together(pair):
    made = exact_proportion(*pair, chance=0.5, population=Population.THIS_READER, none="")
    assert (made.low, made.high) == exact_interval(*pair)
    # Against one half both are twice a tail, so they decide alike.
    assert (made.p < 0.05) == (not made.low <= 0.5 <= made.high)


def test_nothing_counted_has_its_reason_and_pooled_verdicts_their_warning():
    assert exact_proportion(0, 0, chance=0.5, population=Population.THIS_READER, none="None.").reason == "None."
    assert exact_proportion(1, 2, chance=0.5, population=Population.POOLED_VERDICTS, none="").warning == POOLED


def test_a_chance_of_0_and_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="chance must"):
        binomial_p(1, 2, 0.0)
    with pytest.raises(ValueError, match="successes"):
        binomial_p(3, 2, 0.5)
