"""Constant, empty and disjoint data have their defined outcome: a value, or nan with its reason."""

import math
import subprocess
import sys

import numpy as np
import pytest

from reader.stats.accuracy import reader_accuracy, truth_by_verdict
from reader.stats.agreement import fleiss_kappa, percent_agreement
from reader.stats.cohen import cohen_kappa, pairwise_agreement
from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.proportions import exact_interval, wilson_interval
from reader.stats.verdicts import MISSING, UNSURE, count_table, encode_verdicts
from tests.reader.stats.reference_cases import codes_of, reference_case


def is_undefined(estimate, words):
    return math.isnan(estimate.value) and not estimate.has_interval and words in estimate.reason


def has_value_without_interval(estimate, value, words):
    return estimate.value == pytest.approx(value) and not estimate.has_interval and words in estimate.reason


def test_constant_data_agree_fully_and_have_no_kappa():
    case = reference_case("trap_all_identical")
    codes = codes_of(case["data"]["ratings"], case["data"]["categories"])
    percent = percent_agreement(count_table(codes, 3))
    assert (percent.value, percent.high, percent.low) == (1, 1, pytest.approx(wilson_interval(6, 6)[0]))
    assert is_undefined(fleiss_kappa(count_table(codes, 3)), "Every verdict is the same")
    for pair in pairwise_agreement(codes, 3):
        assert pair.percent.value == 1
        assert is_undefined(pair.kappa, "the same verdict")


def test_all_unsure_has_no_kappa_and_no_decided_accuracy():
    codes = np.full((5, 2), UNSURE)
    shares = reader_accuracy(truth_by_verdict([1, 1, 0, 0, 0], codes[:, 0]))
    assert is_undefined(fleiss_kappa(count_table(codes, 3)), "Every verdict is the same")
    assert (shares.accuracy.value, shares.coverage.value, shares.sensitivity.value) == (0, 0, 0)
    assert is_undefined(shares.accuracy_decided, "no verdict other than unsure")
    assert is_undefined(shares.sensitivity_decided, "decided on no fake")
    assert is_undefined(shares.specificity_decided, "decided on no real")


def test_one_reader_has_nobody_to_agree_with():
    codes = [[0], [1], [2]]
    assert pairwise_agreement(codes, 3) == []
    assert is_undefined(fleiss_kappa(count_table(codes, 3)), "read by two readers")
    assert is_undefined(percent_agreement(count_table(codes, 3)), "read by two readers")


def test_readers_without_a_common_image_have_no_agreement():
    codes = [[0, MISSING], [MISSING, 0], [2, MISSING]]
    (pair,) = pairwise_agreement(codes, 3)
    assert is_undefined(pair.kappa, "read by both")
    assert is_undefined(pair.percent, "read by both")
    assert is_undefined(fleiss_kappa(count_table(codes, 3)), "read by two readers")


@pytest.mark.parametrize("codes", [np.empty((0, 0), int), np.empty((0, 3), int), np.full((4, 3), MISSING)])
def test_no_verdicts_give_no_agreement(codes):
    assert is_undefined(fleiss_kappa(count_table(codes, 3)), "No verdict has been given")
    assert is_undefined(percent_agreement(count_table(codes, 3)), "No verdict has been given")
    assert all(is_undefined(pair.kappa, "read by both") for pair in pairwise_agreement(codes, 3))


def test_a_reader_without_verdicts_has_no_shares():
    shares = reader_accuracy(truth_by_verdict([], encode_verdicts([]).reshape(-1)))
    assert is_undefined(shares.accuracy, "no verdict")
    assert is_undefined(shares.coverage, "no verdict")
    assert is_undefined(shares.sensitivity, "no fake image")
    assert is_undefined(shares.specificity, "no real image")


def test_perfect_agreement_is_one_without_an_interval_of_no_width():
    codes = np.array([[0, 0], [2, 2], [1, 1], [0, 0]])
    assert has_value_without_interval(cohen_kappa(np.diag([2, 1, 1])), 1, "standard error is 0")
    assert has_value_without_interval(fleiss_kappa(count_table(codes, 3)), 1, "standard error is 0")
    assert percent_agreement(count_table(codes, 3)).low == pytest.approx(wilson_interval(4, 4)[0])


def test_a_reader_who_always_says_the_same_has_kappa_0_without_interval():
    assert has_value_without_interval(cohen_kappa([[7, 0, 5], [0, 0, 0], [0, 0, 0]]), 0, "standard error is 0")


def test_a_single_image_has_a_value_without_interval():
    assert has_value_without_interval(fleiss_kappa([[2, 0, 1]]), -0.5, "single image")
    assert has_value_without_interval(
        fleiss_kappa([[2, 0, 1], [1, 0, 0]]), fleiss_kappa([[2, 0, 1], [1, 0, 0]]).value, "single"
    )
    assert has_value_without_interval(percent_agreement([[2, 0, 1]]), 1 / 3, "single image")
    assert has_value_without_interval(cohen_kappa([[0, 1], [0, 0]]), 0, "single image")


def test_a_perfect_reader_has_the_share_1_with_an_interval_below_it():
    shares = reader_accuracy([[10, 0, 0], [0, 0, 10]])
    assert (shares.accuracy.value, shares.accuracy.high) == (1, 1)
    assert shares.accuracy.low == pytest.approx(0.8389, abs=5e-5)
    assert exact_interval(20, 20) == pytest.approx((0.8316, 1), abs=5e-5)


def test_none_and_all_have_intervals_that_end_exactly_at_0_and_1():
    for n in range(1, 300):
        assert wilson_interval(0, n)[0] == exact_interval(0, n)[0] == 0
        assert wilson_interval(n, n)[1] == exact_interval(n, n)[1] == 1


def test_an_estimate_without_value_or_interval_must_say_why():
    with pytest.raises(ValueError, match="reason"):
        Estimate(NAN, NAN, NAN, 0, Population.THIS_READER)
    with pytest.raises(ValueError, match="reason"):
        Estimate(0.5, NAN, NAN, 2, Population.THIS_READER)
    with pytest.raises(ValueError, match="two ends"):
        Estimate(0.5, 0.1, NAN, 2, Population.THIS_READER, "No upper end.")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: encode_verdicts([["fake", "maybe"]]), "maybe"),
        (lambda: encode_verdicts([["fake"], ["fake", "real"]]), "differ in length"),
        (lambda: encode_verdicts([["a"]], ["a", "a"]), "more than once"),
        (lambda: count_table([0, 1], 3), "shape"),
        (lambda: count_table([[0, 3]], 3), "0 to 2"),
        (lambda: count_table([[0, -2]], 3), "0 to 2"),
        (lambda: count_table([[0.0, np.nan]], 3), "integers"),
        (lambda: count_table([[0]], 0), "at least one category"),
        (lambda: cohen_kappa([[1, 2, 3]]), "square"),
        (lambda: cohen_kappa([[1, -2], [0, 3]]), "whole numbers"),
        (lambda: fleiss_kappa([1, 2]), "shape"),
        (lambda: fleiss_kappa([[0.5, 0.5]]), "whole numbers"),
        (lambda: truth_by_verdict([1, 0], [0]), "one truth and one verdict"),
        (lambda: truth_by_verdict([2], [0]), "True and False"),
        (lambda: truth_by_verdict([True], [3]), "0 to 2"),
        (lambda: reader_accuracy([[1, 2], [3, 4]]), "2, 3"),
        (lambda: reader_accuracy([[1, 2, -1], [3, 4, 1]]), "whole numbers"),
        (lambda: wilson_interval(3, 2), "successes"),
        (lambda: exact_interval(0, 0), "successes"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_statistics_load_neither_scipy_stats_nor_a_second_library():
    program = (
        "import sys, reader.stats.resampling, reader.stats.icc, reader.stats.intra, reader.stats.accuracy\n"
        "print([m for m in ('scipy.stats', 'pandas', 'statsmodels', 'sklearn', 'django') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
