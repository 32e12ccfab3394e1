"""Proportions, and one reader's shares, come out as published and as R printed them."""

import pytest

from reader.stats.accuracy import reader_accuracy, truth_by_verdict
from reader.stats.estimate import Population
from reader.stats.proportions import exact_interval, proportion, wilson_interval
from tests.reader.stats.reference_cases import codes_of, reference_case

# Newcombe 1998, Stat. Med. 17:857, table I: counts, score interval, exact interval.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]


@pytest.mark.parametrize(("k", "n", "score", "exact"), NEWCOMBE)
def test_intervals_match_newcombe_1998_table_1(k, n, score, exact):
    assert wilson_interval(k, n) == pytest.approx(score, abs=5e-5)
    assert exact_interval(k, n) == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize("name", ["proportion_81_of_263", "proportion_0_of_20", "proportion_37_of_60"])
def test_intervals_match_r(name):
    case = reference_case(name)
    k, n = case["data"]["k"], case["data"]["n"]
    assert wilson_interval(k, n) == pytest.approx(case["expected"]["wilson"], abs=1e-9)
    assert exact_interval(k, n) == pytest.approx(case["expected"]["clopper_pearson"], abs=1e-9)


def test_park_2021_pooled_accuracy_has_its_wilson_interval():
    share = proportion(1781, 3000, population=Population.THESE_READERS, none="No verdict.")
    assert share.value == pytest.approx(0.5937, abs=5e-5)
    assert (share.low, share.high) == pytest.approx((0.5760, 0.6111), abs=5e-5)


@pytest.mark.parametrize("name", ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"])
def test_every_reader_of_our_studies_matches_r(name):
    case = reference_case(name)
    codes = codes_of(case["data"]["ratings"], [0, 1, 2])
    for column, expected in enumerate(case["expected"]["per_reader"]):
        table = truth_by_verdict(case["data"]["truth_fake"], codes[:, column])
        assert table.tolist() == [
            [expected["hit"], expected["un_fake"], expected["miss"]],
            [expected["fa"], expected["un_real"], expected["cr"]],
        ]
        assert_shares_match(reader_accuracy(table), expected)


def assert_shares_match(shares, expected):
    assert shares.coverage.value == pytest.approx(expected["coverage"], abs=1e-8)
    assert (shares.coverage.low, shares.coverage.high) == pytest.approx(expected["coverage_wilson"], abs=1e-8)
    decided = shares.accuracy_decided
    assert (decided.value, decided.n) == (pytest.approx(expected["accuracy_decided"]), expected["decided"])
    assert (decided.low, decided.high) == pytest.approx(expected["wilson"], abs=1e-8)
    assert exact_interval(expected["correct"], expected["decided"]) == pytest.approx(expected["cp"], abs=1e-8)
    assert (shares.accuracy.value, shares.accuracy.n) == (pytest.approx(expected["worst"]), expected["n"])


def test_unsure_is_in_the_denominator_unless_among_decided():
    shares = reader_accuracy([[6, 3, 1], [2, 4, 14]])
    assert shares.accuracy.value == pytest.approx(20 / 30)
    assert shares.accuracy_decided.value == pytest.approx(20 / 23)
    assert shares.coverage.value == pytest.approx(23 / 30)
    assert (shares.sensitivity.value, shares.sensitivity_decided.value) == pytest.approx((6 / 10, 6 / 7))
    assert (shares.specificity.value, shares.specificity_decided.value) == pytest.approx((14 / 20, 14 / 16))
