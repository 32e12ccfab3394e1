"""Every agreement coefficient has its defined outcome on data that leave it nothing to say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from reader.stats.agreement import category_kappas, fleiss_kappa, fleiss_null_error, percent_agreement
from reader.stats.coefficients import Coefficient, coefficients
from reader.stats.cohen import cohen_kappa, cohen_null_error, pairwise_agreement, pairwise_kappas, scott_pi
from reader.stats.conger import conger_kappa
from reader.stats.estimate import Estimate, Population
from reader.stats.krippendorff import krippendorff_alpha
from reader.stats.light import light_kappa
from reader.stats.proportions import proportion
from reader.stats.replicates import Reweighting
from reader.stats.resampling import Sampled, bootstrap, jackknife_readers, with_readers_sampled
from reader.stats.verdicts import MISSING, UNSURE, count_table
from reader.stats.weights import Metric, Weights, agreement_weights
from tests.reader.stats.random_studies import codes_of_shape, study
from tests.reader.stats.reference_cases import codes_of, reference_case

FULL = count_table(study(7, 30, 4, share_missing=0), 3)
KAPPAS = (Coefficient.FLEISS_KAPPA, Coefficient.CONGER_KAPPA, Coefficient.KRIPPENDORFF_ALPHA)


def every(codes, n_categories=3, weights=Weights.IDENTITY):
    return {**coefficients(codes, n_categories, weights), "light_kappa": light_kappa(codes, n_categories, weights)}


def is_undefined(estimate, words):
    return math.isnan(estimate.value) and not estimate.has_interval and words in estimate.reason


@pytest.mark.parametrize("weights", Weights)
def test_constant_data_leave_no_room_beyond_chance_unless_chance_counts_declared_categories(weights):
    case = reference_case("trap_all_identical")
    found = every(codes_of(case["data"]["ratings"], case["data"]["categories"]), 3, weights)
    expected = case["expected"]
    assert found["percent_agreement"].value == expected["percent_agreement"]
    assert found["gwet_ac"].value == expected["gwet_ac1_q3"]
    assert found["brennan_prediger"].value == expected["brennan_prediger_q3"]
    for name in KAPPAS:
        assert is_undefined(found[name], "Every verdict is the same")
    assert is_undefined(found["light_kappa"], "The kappa of 3 of 3 pairs is undefined")
    assert {expected["cohen_kappa"], expected["fleiss_kappa"], expected["krippendorff_alpha"]} == {"undefined"}


def test_all_unsure_is_constant_data():
    found = every(np.full((5, 4), UNSURE))
    assert all(is_undefined(found[name], "Every verdict is the same") for name in KAPPAS)
    assert found["gwet_ac"].value == 1
    assert "standard error is 0" in found["gwet_ac"].reason


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([[0], [1], [2]], "read by two readers"),
        ([[0, MISSING], [MISSING, 0], [2, MISSING]], "read by two readers"),
        (np.full((4, 3), MISSING), "No verdict has been given"),
        (np.empty((0, 3), int), "No verdict has been given"),
        (np.empty((0, 0), int), "No verdict has been given"),
    ],
)
@pytest.mark.parametrize("weights", Weights)
def test_one_reader_no_overlap_and_no_verdicts_leave_nothing_to_compare(codes, words, weights):
    resampled = [bootstrap(codes, 3, weights, sampled=sampled, n_resamples=20, seed=1) for sampled in Sampled]
    for found in (every(codes, 3, weights), jackknife_readers(codes, 3, weights), *resampled):
        assert all(is_undefined(estimate, words) for estimate in found.values())


def test_perfect_agreement_is_one_without_an_interval_of_no_width():
    codes = np.array([[0, 0, 0], [2, 2, 2], [1, 1, 1], [0, 0, 0]])
    found = every(codes)
    for name in set(found) - {"percent_agreement"}:
        assert found[name].value == pytest.approx(1)
        assert "standard error is 0" in found[name].reason
    assert found["percent_agreement"].high == 1 > found["percent_agreement"].low > 0.5
    often = np.tile(codes, (5, 1))
    for estimate in bootstrap(often, 3, sampled=Sampled.IMAGES, n_resamples=50, seed=1).values():
        assert estimate.value == pytest.approx(1)
        assert "standard error is 0" in estimate.reason


@given(codes_of_shape(images=(2, 25), readers=(1, 1), lowest=0), st.integers(2, 6), st.sampled_from(Weights))
def test_perfect_agreement_has_no_error_however_sums_are_rounded(once, n_readers, weights):
    for name, estimate in every(np.repeat(once, n_readers, axis=1), 3, weights).items():
        if estimate.is_defined and name != "percent_agreement":
            assert estimate.value == pytest.approx(1)
            assert (estimate.se, estimate.has_interval) == (0, False)


def test_an_interval_of_percent_agreement_ends_at_0():
    estimate = percent_agreement([[1, 1, 1], [1, 1, 1], [2, 1, 0]])
    assert (estimate.low, estimate.has_interval) == (0, True)


def test_one_reader_who_always_says_the_same_leaves_lights_kappa_defined_and_two_do_not():
    codes = study(1, 30, 4, share_missing=0)
    codes[:, 0] = 0
    assert light_kappa(codes, 3).is_defined
    codes[:, 1] = 0
    assert is_undefined(light_kappa(codes, 3), "The kappa of 1 of 6 pairs is undefined")
    assert np.isnan(pairwise_kappas(codes, 3)[0, 1])
    assert fleiss_kappa(count_table(codes, 3)).has_interval


def test_pairs_that_share_no_image_are_not_in_lights_kappa():
    left, right = study(2, 20, 2, share_missing=0), study(3, 20, 2, share_missing=0)
    nobody = np.full((20, 2), MISSING)
    codes = np.block([[left, nobody], [nobody, right]])
    pairs = [pair.kappa for pair in pairwise_agreement(codes, 3)]
    assert light_kappa(codes, 3).value == pytest.approx(np.mean([one.value for one in pairs if one.is_defined]))
    assert np.isnan(pairwise_kappas(codes, 3)[:2, 2:]).all()
    assert [is_undefined(one, "read by both") for one in pairs] == [False, True, True, True, True, False]


def test_a_single_image_has_a_value_without_interval():
    found = every([[0, 0, 1], [2, MISSING, MISSING]])
    for name in set(found) - {"light_kappa"}:
        assert found[name].is_defined
        assert "single image" in found[name].reason


def test_a_category_that_nobody_used_has_no_kappa_of_its_own():
    found = category_kappas(count_table(np.array([[0, 0], [2, 2], [0, 2]]), 3))
    assert [one.is_defined for one in found] == [True, False, True]
    assert is_undefined(found[UNSURE], "Every verdict is the same")


def test_one_declared_category_leaves_nothing_by_chance_or_beyond_it():
    found = coefficients(np.zeros((4, 2), int), 1)
    assert found[Coefficient.PERCENT_AGREEMENT].value == 1
    for name in (Coefficient.GWET_AC, Coefficient.BRENNAN_PREDIGER):
        assert is_undefined(found[name], "Only one category is declared")
    assert np.isnan(Reweighting(np.zeros((4, 2), int), 1).images_anew(np.ones((1, 4)))[Coefficient.GWET_AC]).all()


def test_the_null_error_of_fleiss_is_for_complete_data_of_more_than_one_category():
    assert math.isnan(fleiss_null_error(count_table([[0, 1], [1, MISSING]], 3)))
    assert math.isnan(fleiss_null_error(count_table([[0, 0], [0, 0]], 3)))
    assert math.isnan(fleiss_kappa(count_table([[0, 1, 1], [1, MISSING, 1], [0, 0, 0]], 3)).p)
    assert math.isnan(fleiss_kappa(FULL, Weights.LINEAR).p)
    assert fleiss_kappa(FULL).p == pytest.approx(2 * norm.sf(abs(fleiss_kappa(FULL).value / fleiss_null_error(FULL))))
    assert math.isnan(cohen_null_error([[3, 0], [0, 0]]))


def test_two_readers_say_nothing_on_how_readers_vary_and_three_say_little():
    codes = study(4, 40, 3)
    two, three = jackknife_readers(codes[:, :2], 3), jackknife_readers(codes, 3)
    for name, estimate in coefficients(codes, 3).items():
        assert "three readers or more" in two[name].reason
        assert two[name].is_defined
        assert three[name].has_interval
        assert "Three readers or fewer" in three[name].warning
        assert with_readers_sampled(estimate, three[name]).warning == three[name].warning
        alone = with_readers_sampled(estimate, two[name])
        assert (alone.value, alone.reason) == (estimate.value, two[name].reason)
        assert alone.population == Population.READERS_AND_IMAGES
    assert jackknife_readers(study(4, 40, 4), 3)[Coefficient.GWET_AC].warning == ""


def test_a_share_without_degrees_of_freedom_brings_those_of_its_images():
    share = proportion(30, 40, population=Population.THESE_READERS, none="No image.")
    readers = Estimate(0.75, 0.6, 0.9, 40, Population.READERS_LIKE_THESE, se=0.05, df=4)
    both = with_readers_sampled(share, readers)
    parts = np.array([share.se, 0.05]) ** 2
    assert both.df == pytest.approx(parts.sum() ** 2 / (parts[0] ** 2 / 39 + parts[1] ** 2 / 4))


def test_a_reader_on_whom_all_variety_rests_leaves_no_jackknife():
    codes = np.zeros((6, 4), int)
    codes[:3, 0] = 1
    found = jackknife_readers(codes, 3)
    assert "without one of the readers" in found[Coefficient.FLEISS_KAPPA].reason
    assert found[Coefficient.PERCENT_AGREEMENT].has_interval


def test_too_many_undefined_resamples_leave_no_interval_and_say_how_many():
    codes = np.zeros((10, 3), int)
    codes[0] = [0, 1, 1]
    found = bootstrap(codes, 3, sampled=Sampled.IMAGES, n_resamples=200, seed=5)
    kappa = found[Coefficient.FLEISS_KAPPA]
    assert kappa.is_defined
    assert "of 200 resamples" in kappa.reason
    assert found[Coefficient.PERCENT_AGREEMENT].has_interval


def test_missing_is_not_unsure_in_any_coefficient():
    codes = study(6, 60, 4, share_missing=0)
    missing = np.where(codes == UNSURE, MISSING, codes)
    for name, estimate in every(codes).items():
        assert every(missing)[name].value != pytest.approx(estimate.value, abs=1e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: agreement_weights("cubic", 3), "cubic"),
        (lambda: agreement_weights(Weights.LINEAR, 0), "at least one category"),
        (lambda: krippendorff_alpha([[1, 1], [2, 0]], Metric.RATIO, [-1, 1]), "values from 0"),
        (lambda: krippendorff_alpha([[1, 1], [2, 0]], Metric.INTERVAL, [1, 2, 3]), "one value for each"),
        (lambda: krippendorff_alpha([[1, 1], [2, 0]], "distance"), "distance"),
        (lambda: krippendorff_alpha([1, 2]), "shape"),
        (lambda: conger_kappa([[0, 3]], 3), "0 to 2"),
        (lambda: light_kappa([0, 1], 3), "shape"),
        (lambda: scott_pi([[1, 2, 3]]), "square"),
        (lambda: fleiss_null_error([[0.5, 0.5]]), "whole numbers"),
        (lambda: fleiss_kappa([[2, -1], [1, 0]]), "none below 0"),
        (lambda: Reweighting([[0, -2]], 3), "0 to 2"),
        (lambda: bootstrap([[0, 1], [1, 1]], 3, sampled="verdicts", seed=1), "verdicts"),
        (lambda: cohen_kappa([[1, 0], [0, 1]], "cubic"), "cubic"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
