"""One reader, perfect readers, all unsure, missing verdicts: the primary test has a defined outcome for each."""

import math

import numpy as np
import pytest

from reader.stats import ustatistic
from reader.stats.estimate import Population
from reader.stats.mrmc import FEW_READERS, NO_READER, NO_SPREAD, ONE_READER, TOO_FEW_IMAGES, mean_of_readers
from reader.stats.mrmc_conditions import NO_COMMON_READER, compare_conditions
from reader.stats.mrmc_covariance import delong_covariance, jackknife_covariance
from reader.stats.mrmc_groups import GROUP_TOO_SMALL, NO_READER_IN_GROUP, compare_groups
from reader.stats.mrmc_merits import area_merit, share_merit
from reader.stats.roc import area
from reader.stats.ustatistic import BY_MODEL, V_STATISTIC, one_shot, one_shot_difference, one_shot_variance

TRUTH = np.arange(40) < 20


def scores(n_readers, seed=0, n_images=40):
    return np.random.default_rng(seed).integers(0, 3, size=(n_images, n_readers)).astype(float)


def test_one_reader_has_a_mean_and_an_interval_over_images_alone():
    made = mean_of_readers(area_merit(TRUTH, scores(1)), chance=0.5, covariance=delong_covariance).mean
    alone = area(TRUTH, scores(1)[:, 0])
    assert (made.images.value, made.images.low, made.images.high) == pytest.approx((alone.value, alone.low, alone.high))
    assert made.readers_and_images.reason == made.readers.reason == ONE_READER
    assert made.readers_and_images.value == made.images.value


def test_three_readers_or_fewer_are_warned_of_and_four_are_not():
    three, four = (mean_of_readers(area_merit(TRUTH, scores(n))).mean for n in (3, 4))
    assert three.readers_and_images.warning == three.readers.warning == FEW_READERS
    assert three.images.warning == four.readers_and_images.warning == ""
    assert FEW_READERS in one_shot(area_merit(TRUTH, scores(3))).warning


def test_perfect_readers_have_a_mean_of_1_and_no_error():
    perfect = np.repeat(TRUTH[:, None].astype(float), 5, axis=1)
    for made in vars(mean_of_readers(area_merit(TRUTH, perfect), chance=0.5).mean).values():
        assert (made.value, made.se, made.reason) == (1.0, 0.0, NO_SPREAD)
    assert one_shot(area_merit(TRUTH, perfect)).reason == NO_SPREAD


def test_all_unsure_is_chance_without_error():
    unsure = np.ones((40, 5))
    assert mean_of_readers(area_merit(TRUTH, unsure), chance=0.5).mean.readers_and_images.value == 0.5
    assert mean_of_readers(share_merit(unsure * 0.5)).mean.readers_and_images.reason == NO_SPREAD


def test_readers_who_say_the_same_are_as_uncertain_as_one_of_them():
    same = np.repeat(scores(1), 6, axis=1)
    made = mean_of_readers(area_merit(TRUTH, same), covariance=delong_covariance).mean.readers_and_images
    assert made.df == math.inf
    assert made.se == pytest.approx(area(TRUTH, same[:, 0]).se)


def test_a_reader_who_read_no_fake_is_left_out_by_name_and_the_rest_go_on():
    some = scores(5)
    some[TRUTH, 2] = np.nan
    made = mean_of_readers(area_merit(TRUTH, some))
    rest = mean_of_readers(area_merit(TRUTH, np.delete(some, 2, axis=1)))
    assert (made.left_out, made.n_readers) == ((2,), 4)
    assert math.isnan(made.by_reader[2])
    for one, other in zip(vars(made.mean).values(), vars(rest.mean).values(), strict=True):
        assert (one.value, one.se, one.df) == pytest.approx((other.value, other.se, other.df))


def test_nothing_read_is_undefined_with_a_reason():
    nothing = np.full((40, 3), np.nan)
    made = mean_of_readers(area_merit(TRUTH, nothing)).mean.readers_and_images
    assert (made.is_defined, made.reason, made.n) == (False, NO_READER, 0)
    assert one_shot(area_merit(TRUTH, nothing)).reason == NO_READER
    assert one_shot(area_merit(TRUTH, scores(1))).reason == ONE_READER


def test_a_single_fake_gives_a_mean_and_no_error_over_images():
    one_fake = np.arange(40) < 1
    made = mean_of_readers(area_merit(one_fake, scores(5))).mean
    assert made.readers_and_images.reason == made.images.reason == TOO_FEW_IMAGES
    assert made.readers.has_interval
    assert one_shot(area_merit(one_fake, scores(5))).reason == TOO_FEW_IMAGES


def test_an_image_nobody_read_changes_nothing():
    some, truth = np.vstack([scores(4), np.full(4, np.nan)]), np.append(TRUTH, True)
    assert mean_of_readers(area_merit(truth, some)).mean.images.se == pytest.approx(
        mean_of_readers(area_merit(TRUTH, scores(4))).mean.images.se
    )


def test_populations_are_named():
    made = mean_of_readers(area_merit(TRUTH, scores(4))).mean
    assert made.readers_and_images.population == Population.READERS_AND_IMAGES
    assert (made.readers.population, made.images.population) == (
        Population.READERS_LIKE_THESE,
        Population.THESE_READERS,
    )


def negative_study():
    """Readers who balance each other image by image: the unbiased variance is below 0."""
    half = scores(1, seed=4)
    return area_merit(TRUTH, np.hstack([half, 2 - half, half, 2 - half]))


def test_a_negative_one_shot_variance_gives_way_and_says_so():
    merit = negative_study()
    assert one_shot_variance(merit).unbiased < 0
    made = one_shot(merit)
    assert made.has_interval and made.se > 0
    assert V_STATISTIC in made.warning or BY_MODEL in made.warning


def test_the_model_stands_in_where_both_variances_are_negative():
    both_negative = ustatistic.OneShotVariance(-1.0, -1.0, (0.0,), (1.0,))
    assert ustatistic.usable_variance(both_negative, 0.3) == (pytest.approx(0.09), BY_MODEL)
    only_first = ustatistic.OneShotVariance(-1.0, 0.04, (0.0,), (1.0,))
    assert ustatistic.usable_variance(only_first, 0.3) == (0.04, V_STATISTIC)


def test_a_condition_compared_with_itself_differs_by_nothing():
    twice = np.stack([scores(5), scores(5)])
    made = compare_conditions(area_merit(TRUTH, twice), n_conditions=2)
    assert made.differences[0].by_effects.readers_and_images.value == 0
    assert made.test.readers_and_images.reason == NO_SPREAD
    assert math.isnan(made.test.readers_and_images.p)
    assert one_shot_difference(area_merit(TRUTH, twice)).reason == NO_SPREAD


def test_the_order_of_conditions_turns_the_sign_and_keeps_the_test():
    pair = np.stack([scores(5, 1), scores(5, 2)])
    made, turned = (compare_conditions(area_merit(TRUTH, x), n_conditions=2) for x in (pair, pair[::-1]))
    one, other = (x.differences[0].by_effects.readers_and_images for x in (made, turned))
    assert (one.value, one.se, one.p) == pytest.approx((-other.value, other.se, other.p))
    assert made.test.readers_and_images.p == pytest.approx(one.p)
    assert one_shot_difference(area_merit(TRUTH, pair)).value == pytest.approx(one.value)


def test_three_conditions_have_one_test_and_three_differences():
    made = compare_conditions(area_merit(TRUTH, np.stack([scores(5, s) for s in (1, 2, 3)])), n_conditions=3)
    assert made.test.readers_and_images.df1 == 2
    assert [(x.first, x.second) for x in made.differences] == [(0, 1), (0, 2), (1, 2)]
    assert 0 < made.test.images.p < 1


def test_generators_share_their_real_images_and_have_fakes_of_their_own():
    some = scores(6, 5)
    per_generator = np.stack([some, some])
    per_generator[0, 10:20] = per_generator[1, :10] = np.nan
    merit = area_merit(TRUTH, per_generator)
    made = compare_conditions(merit, n_conditions=2)
    alone = area_merit(np.delete(TRUTH, range(10, 20)), np.delete(some, range(10, 20), axis=0))
    assert merit.values[:6] == pytest.approx(alone.values)
    # Sharing reals but no fake, the two conditions err together less than one condition with itself.
    assert made.components.cov1 < made.components.var_error


def test_a_reader_without_one_condition_is_left_out_of_the_comparison_only():
    pair = np.stack([scores(5, 1), scores(5, 2)])
    pair[1, :, 4] = np.nan
    made, merit = compare_conditions(area_merit(TRUTH, pair), n_conditions=2), area_merit(TRUTH, pair)
    assert made.left_out == (4,) and mean_of_readers(merit.of(range(5))).n_readers == 5
    without = compare_conditions(area_merit(TRUTH, pair[:, :, :4]), n_conditions=2)
    assert made.test.readers_and_images.p == pytest.approx(without.test.readers_and_images.p)
    one = compare_conditions(area_merit(TRUTH, pair[:, :, 3:]), n_conditions=2)
    assert one.differences[0].by_effects.readers_and_images.reason == NO_COMMON_READER
    assert one_shot_difference(area_merit(TRUTH, pair[:, :, 3:])).reason == ONE_READER


def test_conditions_that_do_not_divide_the_tests_are_refused():
    with pytest.raises(ValueError, match="two conditions"):
        compare_conditions(area_merit(TRUTH, scores(5)), n_conditions=2)
    with pytest.raises(ValueError, match="two conditions"):
        one_shot_difference(area_merit(TRUTH, scores(5)))


def test_groups_of_different_readers_compare():
    merit = area_merit(TRUTH, scores(9, 7))
    made = compare_groups(merit, [range(4), range(4, 9)])[0].by_effects
    first, second = mean_of_readers(merit.of(range(4))).mean, mean_of_readers(merit.of(range(4, 9))).mean
    assert made.readers_and_images.value == pytest.approx(first.images.value - second.images.value)
    # With images fixed it is Welch's test of the readers' areas.
    welch = first.readers.se**2 + second.readers.se**2
    assert made.readers.se**2 == pytest.approx(welch)
    assert made.readers.df == pytest.approx(welch**2 / (first.readers.se**4 / 3 + second.readers.se**4 / 4))
    # With readers fixed it is the contrast of their areas.
    contrast = np.array([1 / 4] * 4 + [-1 / 5] * 5)
    assert made.images.se**2 == pytest.approx(contrast @ jackknife_covariance(merit) @ contrast)


def test_groups_too_small_have_a_reason_and_a_reader_stands_in_one_group():
    merit = area_merit(TRUTH, scores(4))
    made = compare_groups(merit, [[0], [1, 2, 3]])[0].by_effects
    assert made.readers_and_images.reason == GROUP_TOO_SMALL
    assert made.images.has_interval
    assert compare_groups(merit, [[], [1, 2]])[0].by_effects.images.reason == NO_READER_IN_GROUP
    with pytest.raises(ValueError, match="two groups"):
        compare_groups(merit, [[0, 1], [1, 2]])


def test_a_group_member_without_a_figure_spoils_nothing():
    some = scores(6)
    some[TRUTH, 0] = np.nan
    made = compare_groups(area_merit(TRUTH, some), [[0, 1, 2], [3, 4, 5]])[0].by_effects.images
    without = compare_groups(area_merit(TRUTH, some[:, 1:]), [[0, 1], [2, 3, 4]])[0].by_effects.images
    assert (made.value, made.se) == pytest.approx((without.value, without.se))
