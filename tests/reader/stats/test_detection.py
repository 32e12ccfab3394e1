"""d', c and ln beta come out as published, and have a defined outcome where there is nothing to detect."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from reader.stats.detection import AT_ZERO, NO_NOISE, NO_SIGNAL, detection, indices_of_rates
from tests.reader.stats.reference_cases import reference_case

counts = st.integers(0, 300)


def test_matches_statpsych_with_the_log_linear_correction():
    case = reference_case("sdt_statpsych_82_46")
    data, expected = case["data"], case["expected"]
    hits, alarms = data["hits"], data["false_alarms"]
    made = detection(hits, data["n_signal"] - hits, alarms, data["n_noise"] - alarms)
    assert (made.hit_rate, made.false_alarm_rate) == pytest.approx((expected["hr_adj"], expected["far_adj"]), abs=1e-6)
    assert made.d_prime.value == pytest.approx(expected["d_prime"], abs=1e-6)
    assert made.criterion.value == pytest.approx(expected["criterion_c"], abs=1e-6)


def test_rates_of_eight_and_four_tenths_match_the_definition():
    case = reference_case("sdt_uncorrected_rates")
    d_prime, criterion, _ = indices_of_rates(case["data"]["hit_rate"], case["data"]["fa_rate"])
    assert d_prime == pytest.approx(case["expected"]["d_prime"], abs=1e-9)
    assert criterion == pytest.approx(case["expected"]["criterion_c"], abs=1e-9)


@pytest.mark.parametrize("name", ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"])
def test_every_reader_of_our_studies_matches_r(name):
    for reader in reference_case(name)["expected"]["per_reader"]:
        made = detection(reader["hit"], reader["miss"], reader["fa"], reader["cr"])
        assert (made.hit_rate, made.false_alarm_rate) == pytest.approx((reader["hr"], reader["far"]), abs=1e-8)
        assert made.d_prime.value == pytest.approx(reader["dprime_loglinear"], abs=1e-8)
        assert made.criterion.value == pytest.approx(reader["c_loglinear"], abs=1e-8)


def test_ln_beta_is_the_log_of_the_likelihood_ratio_at_the_criterion():
    d_prime, criterion, ln_beta = indices_of_rates(0.7, 0.2)
    cut = criterion + d_prime / 2
    assert ln_beta == pytest.approx(math.log(norm.pdf(cut, d_prime) / norm.pdf(cut)))


def test_the_interval_covers_the_true_d_prime_about_19_times_in_20():
    rng = np.random.default_rng(6)
    hits, alarms = rng.binomial(80, norm.cdf(0.8), 2000), rng.binomial(90, norm.cdf(-0.4), 2000)
    made = [detection(int(h), int(80 - h), int(a), int(90 - a)).d_prime for h, a in zip(hits, alarms, strict=True)]
    assert 0.93 < np.mean([one.low < 1.2 < one.high for one in made]) < 0.97


@given(counts, counts, counts, counts)
def test_swapping_the_words_turns_the_lean_and_keeps_the_distance(hits, misses, alarms, rejections):
    made = detection(hits, misses, alarms, rejections)
    swapped = detection(rejections, alarms, misses, hits)
    if made.d_prime.is_defined:
        assert swapped.d_prime.value == pytest.approx(made.d_prime.value, abs=1e-9)
        assert swapped.criterion.value == pytest.approx(-made.criterion.value, abs=1e-9)


def test_a_perfect_reader_has_a_finite_distance_and_an_interval():
    made = detection(30, 0, 0, 30).d_prime
    assert made.has_interval and math.isfinite(made.high) and made.p < 0.001


def test_without_a_fake_or_a_real_among_the_decided_there_is_a_reason():
    assert detection(0, 0, 4, 5).d_prime.reason == NO_SIGNAL
    assert detection(4, 5, 0, 0).criterion.reason == NO_NOISE
    assert detection(0, 0, 0, 0).ln_beta.reason == NO_SIGNAL


def test_a_reader_at_one_half_twice_has_no_lean_to_bound_but_a_distance():
    made = detection(5, 5, 5, 5)
    assert made.ln_beta.reason == AT_ZERO
    assert made.d_prime.value == 0 and made.d_prime.p == 1


def test_counts_below_0_and_rates_without_a_quantile_are_refused():
    with pytest.raises(ValueError, match="negative"):
        detection(-1, 0, 0, 0)
    with pytest.raises(ValueError, match="correct them"):
        indices_of_rates(1.0, 0.2)
