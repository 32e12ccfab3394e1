"""The primary test comes out as MRMCaov, the Iowa programme and iMRMC print it."""

import math

import numpy as np
import pytest

from reader.stats.mrmc import mean_of_readers
from reader.stats.mrmc_conditions import compare_conditions
from reader.stats.mrmc_covariance import bootstrap_covariance, delong_covariance, jackknife_covariance
from reader.stats.mrmc_merits import area_merit, class_merit
from reader.stats.unsure import suspicion
from reader.stats.ustatistic import one_shot, one_shot_difference, one_shot_variance, unbiased_covariance
from tests.reader.stats.reference_cases import codes_of, reference_case

COVARIANCES = {"jackknife": jackknife_covariance, "delong": delong_covariance, "DeLong": delong_covariance}
COVARIANCES |= {"unbiased": unbiased_covariance}


def van_dyke():
    case = reference_case("mrmc_van_dyke")
    scores = np.array(case["data"]["scores"], dtype=float).swapaxes(1, 2)
    return np.array(case["data"]["truth"]), scores, case["expected"]


def our_study(name):
    case = reference_case(name)
    return np.array(case["data"]["truth_fake"]), codes_of(case["data"]["ratings"], [0, 1, 2]), case["expected"]


def test_van_dykes_areas_match():
    truth, scores, expected = van_dyke()
    merit = area_merit(truth, scores)
    assert merit.values == pytest.approx(np.ravel(expected["auc_modality_x_reader"]), abs=1e-6)


@pytest.mark.parametrize("covariance", ["jackknife", "delong"])
def test_van_dykes_primary_test_matches(covariance):
    truth, scores, everything = van_dyke()
    expected = everything["or_random_readers_random_cases"][covariance]
    merit, by = area_merit(truth, scores), COVARIANCES[covariance]
    made = compare_conditions(merit, n_conditions=2, covariance=by)
    test, parts = made.test.readers_and_images, made.components
    assert test.statistic == pytest.approx(expected["F"], abs=1e-7)
    assert (test.df1, test.df2) == pytest.approx((expected["df1"], expected["df2"]), abs=1e-5)
    assert test.p == pytest.approx(expected["p"], abs=1e-7)
    for name in ("var_error", "cov1", "cov2", "cov3"):
        assert getattr(parts, name) == pytest.approx(expected[name], abs=1e-10)
    for readers, single in zip((range(5), range(5, 10)), expected["single_modality"], strict=True):
        one = mean_of_readers(merit.of(readers), covariance=by).mean.readers_and_images
        assert (one.value, one.se, one.low, one.high) == pytest.approx(
            (single["auc"], single["se"], single["lo"], single["hi"]), abs=1e-6
        )
        assert one.df == pytest.approx(single["df"], abs=1e-4)


def test_van_dykes_difference_has_its_interval():
    truth, scores, everything = van_dyke()
    expected = everything["or_random_readers_random_cases"]["jackknife"]
    made = compare_conditions(area_merit(truth, scores), n_conditions=2).differences[0].by_effects
    both = made.readers_and_images
    assert (both.value, both.se) == pytest.approx((expected["diff"], expected["diff_se"]), abs=1e-6)
    assert (both.low, both.high) == pytest.approx(expected["diff_ci95"], abs=1e-6)
    assert both.p == pytest.approx(expected["p"], abs=1e-7)


def test_van_dyke_with_readers_or_images_fixed_matches():
    truth, scores, expected = van_dyke()
    made = compare_conditions(area_merit(truth, scores), n_conditions=2)
    fixed_readers = expected["or_fixed_readers_random_cases_jackknife"]
    assert made.test.images.statistic * made.test.images.df1 == pytest.approx(fixed_readers["chi2"], abs=1e-6)
    assert made.test.images.p == pytest.approx(fixed_readers["p"], abs=1e-7)
    assert made.differences[0].by_effects.images.se == pytest.approx(fixed_readers["diff_se"], abs=1e-6)
    fixed_cases = expected["or_random_readers_fixed_cases"]
    assert made.test.readers.statistic == pytest.approx(fixed_cases["F"], abs=1e-7)
    assert (made.test.readers.df1, made.test.readers.df2) == (fixed_cases["df1"], fixed_cases["df2"])
    assert made.test.readers.p == pytest.approx(fixed_cases["p"], abs=1e-7)
    assert made.differences[0].by_effects.readers.se == pytest.approx(fixed_cases["diff_se"], abs=1e-6)


@pytest.mark.parametrize(("name", "fakes"), [("binary_sens_ge3_jackknife", True), ("binary_spec_ge3_jackknife", False)])
def test_van_dykes_sensitivity_and_specificity_match(name, fakes):
    truth, scores, everything = van_dyke()
    marks = scores >= 3 if fakes else scores < 3
    merit = class_merit(truth, marks, fakes=fakes)
    made, expected = compare_conditions(merit, n_conditions=2), everything[name]
    means = [mean_of_readers(merit.of(readers)).mean.images.value for readers in (range(5), range(5, 10))]
    assert means == pytest.approx(expected["means"], abs=1e-6)
    test = made.test.readers_and_images
    assert (test.statistic, test.p) == pytest.approx((expected["F"], expected["p"]), abs=1e-7)
    assert test.df2 == pytest.approx(expected["df2"], abs=1e-5)


def test_van_dykes_u_statistics_match_imrmc():
    truth, scores, everything = van_dyke()
    expected, merit = everything["imrmc_ustat"], area_merit(truth, scores)
    made = [one_shot(merit.of(range(5))), one_shot(merit.of(range(5, 10))), one_shot_difference(merit)]
    assert [one.se**2 for one in made[:2]] == pytest.approx(expected["var_auc"], abs=1e-9)
    assert made[2].se ** 2 == pytest.approx(expected["var_diff"], abs=1e-9)
    assert [one.df for one in made] == pytest.approx(expected["df_bdg"], abs=1e-4)
    assert made[2].p == pytest.approx(expected["p_bdg_diff"], abs=1e-7)
    for one, (low, high) in zip(made, expected["ci_bdg_auc"], strict=False):
        assert (one.low, one.high) == pytest.approx((low, high), abs=1e-6)


def test_van_dykes_v_statistics_match_imrmc():
    truth, scores, everything = van_dyke()
    merit = area_merit(truth, scores)
    made = [one_shot_variance(merit.of(tests)).biased for tests in (range(5), range(5, 10))]
    assert made == pytest.approx(everything["imrmc_mle"]["var_auc"], abs=1e-9)


@pytest.mark.parametrize("name", ["real_fake_unsure_missing_A", "real_fake_unsure_complete_A"])
def test_u_statistics_of_our_studies_match_imrmc(name):
    truth, codes, everything = our_study(name)
    made, expected = one_shot(area_merit(truth, suspicion(codes)), chance=0.5), everything["mrmc_imrmc_ustat"]
    assert (made.value, made.se**2) == pytest.approx((expected["auc"], expected["var"]), abs=1e-6)
    assert made.df == pytest.approx(expected["df_bdg"], abs=1e-6)
    assert (made.low, made.high) == pytest.approx(expected["ci_bdg"], abs=1e-6)


@pytest.mark.parametrize("covariance", ["jackknife", "DeLong", "unbiased"])
def test_one_condition_of_our_complete_study_matches_mrmcaov(covariance):
    truth, codes, everything = our_study("real_fake_unsure_complete_A")
    expected = everything["mrmc_or_single_modality"][covariance]
    merit = area_merit(truth, suspicion(codes))
    made = mean_of_readers(merit, chance=0.5, covariance=COVARIANCES[covariance]).mean.readers_and_images
    assert (made.value, made.se) == pytest.approx((expected["estimate"], expected["se"]), abs=1e-6)
    assert made.df == pytest.approx(expected["df"], abs=1e-6)
    assert (made.low, made.high) == pytest.approx(expected["ci95"], abs=1e-6)


@pytest.mark.parametrize(("name", "fakes"), [("binary_sens", True), ("binary_spec", False)])
def test_one_condition_sensitivity_and_specificity_match_mrmcaov(name, fakes):
    truth, codes, everything = our_study("real_fake_unsure_complete_A")
    expected = everything["mrmc_or_single_modality"][name]
    marks = codes == 0 if fakes else codes != 0
    made = mean_of_readers(class_merit(truth, marks, fakes=fakes)).mean.readers_and_images
    assert (made.value, made.se) == pytest.approx((expected["estimate"], expected["se"]), abs=1e-6)
    assert made.df == pytest.approx(expected["df"], abs=1e-6)
    assert (made.low, made.high) == pytest.approx(expected["ci95"], abs=1e-6)
    assert math.isnan(made.p)


def test_the_bootstrap_comes_near_the_jackknife():
    truth, scores, _ = van_dyke()
    merit = area_merit(truth, scores[0])
    drawn = bootstrap_covariance(merit, resamples=4000, rng=np.random.default_rng(5))
    assert drawn == pytest.approx(jackknife_covariance(merit), rel=0.12)
    again = bootstrap_covariance(merit, resamples=4000, rng=np.random.default_rng(5))
    assert (drawn == again).all()
