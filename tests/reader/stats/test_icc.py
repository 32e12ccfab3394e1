"""Intraclass correlations as Shrout and Fleiss printed them, and as variance components make them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from pandas import DataFrame
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from reader.stats.estimate import Population
from reader.stats.icc import IccForm, intraclass_correlations, mean_squares
from tests.reader.stats.random_studies import seeds
from tests.reader.stats.reference_cases import reference_case

PRINTED = {"ICC1": "ICC(1,1)", "ICC2": "ICC(2,1)", "ICC3": "ICC(3,1)"}
PRINTED |= {name + "k": form.replace("1)", "k)") for name, form in PRINTED.items()}


def test_all_six_forms_match_shrout_and_fleiss_1979_and_r():
    case = reference_case("icc_shrout_fleiss_1979")
    found, expected = intraclass_correlations(case["data"]["ratings"]), case["expected"]
    for name, form in PRINTED.items():
        assert found[IccForm(form)].value == pytest.approx(expected[name], abs=1e-8)
    for name in ("ICC2", "ICC3"):
        one = found[IccForm(PRINTED[name])]
        assert (one.low, one.high) == pytest.approx(expected["ci95_" + name], abs=1e-8)


@settings(max_examples=10)
@given(seeds)
def test_mean_squares_are_those_of_statsmodels(seed):
    ratings = np.random.default_rng(seed).normal(size=(7, 4)) + np.arange(4)
    rows, columns = np.indices(ratings.shape)
    data = DataFrame({"y": ratings.ravel(), "image": rows.ravel(), "reader": columns.ravel()})
    table = anova_lm(ols("y ~ C(image) + C(reader)", data).fit())
    ours = mean_squares(ratings)
    assert [ours.images, ours.readers, ours.error] == pytest.approx(table["mean_sq"].tolist())


@pytest.mark.parametrize(("form", "rate"), [(IccForm.ONE_WAY, 0.95), (IccForm.RANDOM_READERS, 0.95)])
def test_intervals_hold_the_true_share_of_variance_about_as_often_as_they_say(form, rate):
    rng, held, runs = np.random.default_rng(3), 0, 400
    for _ in range(runs):
        readers = 0 if form is IccForm.ONE_WAY else rng.normal(size=(1, 8))
        ratings = rng.normal(size=(30, 1)) + readers + rng.normal(size=(30, 8))
        one, truth = intraclass_correlations(ratings)[form], 1 / 2 if form is IccForm.ONE_WAY else 1 / 3
        held += one.low <= truth <= one.high
    assert held / runs == pytest.approx(rate, abs=0.035)


def test_images_that_not_all_have_rated_are_left_out_and_counted():
    ratings = np.random.default_rng(4).normal(size=(10, 3))
    holes = np.vstack([ratings, [[1, np.nan, 2], [np.nan] * 3]])
    whole, found = intraclass_correlations(ratings), intraclass_correlations(holes)
    for form in IccForm:
        assert (found[form].value, found[form].n) == (whole[form].value, 10)
        assert found[form].warning == "Left out: 2 images that not every reader has read."
        assert whole[form].warning == ""


def test_each_form_names_whom_it_speaks_about():
    found = intraclass_correlations([[1, 2], [3, 3], [5, 4]])
    assert found[IccForm.FIXED_READERS].population == Population.THESE_READERS
    assert found[IccForm.RANDOM_READERS_MEAN].population == Population.READERS_AND_IMAGES


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ([[1], [2]], "single reader"),
        ([[1, 2]], "Fewer than two images"),
        ([[1, 2], [np.nan, 1]], "Fewer than two images"),
        ([[2, 2], [2, 2]], "Every rating is the same"),
        (np.empty((0, 3)), "Fewer than two images"),
    ],
)
def test_undefined_forms_say_why(ratings, words):
    for estimate in intraclass_correlations(ratings).values():
        assert np.isnan(estimate.value)
        assert words in estimate.reason


def test_parallel_ratings_are_consistent_without_interval():
    found = intraclass_correlations([[0, 1], [1, 2], [5, 6]])
    assert found[IccForm.FIXED_READERS].value == 1
    assert "no interval" in found[IccForm.FIXED_READERS].reason
    assert found[IccForm.ONE_WAY].value < 1


@pytest.mark.parametrize("step", [0.1, 0.3, 1 / 3, 1e-3])
def test_rounding_is_not_taken_for_error(step):
    fixed = intraclass_correlations(np.add.outer([0.1, 0.3, 0.7], [0, step, 3 * step]))[IccForm.FIXED_READERS]
    assert (fixed.value, fixed.has_interval) == (1, False)


def test_images_that_do_not_differ_on_average_have_no_interval_of_no_width():
    crossed = intraclass_correlations([[0, 1], [1, 0]])
    assert crossed[IccForm.ONE_WAY].value == -1
    assert "no interval" in crossed[IccForm.ONE_WAY].reason
    assert "no value" in crossed[IccForm.ONE_WAY_MEAN].reason


def test_every_small_table_has_a_value_in_its_interval_or_a_reason():
    for ratings in itertools.product(range(3), repeat=6):
        for shape in ((3, 2), (2, 3)):
            for one in intraclass_correlations(np.reshape(ratings, shape)).values():
                assert one.reason or one.low - 1e-9 <= one.value <= one.high + 1e-9 <= 1 + 2e-9


@pytest.mark.parametrize("ratings", [[1, 2], [[np.inf, 1], [1, 2]]])
def test_wrong_ratings_are_refused(ratings):
    with pytest.raises(ValueError, match="finite numbers"):
        intraclass_correlations(ratings)
