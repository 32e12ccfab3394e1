"""Sample sizes match irr, kappaSize and published tables; powers agree with simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reader.stats.mrmc import Components, mean_of_readers
from reader.stats.mrmc_conditions import CrossedComponents
from reader.stats.mrmc_merits import area_merit
from reader.stats.planning import exact_power, images_for_power
from reader.stats.planning_kappa import images_for_kappa_interval, images_to_test_kappa, kappa_limits
from reader.stats.planning_mrmc import (
    Assumed,
    _two_sided_power,
    power_against_chance,
    power_between_conditions,
    power_grid,
)
from reader.stats.proportions import binomial_p
from reader.stats.unsure import suspicion
from tests.reader.stats.reference_cases import codes_of, reference_case

HALVES = [0.5, 0.5]
OURS = [0.4, 0.2, 0.4]
ASSUMED = Assumed.of_area(0.6, fakes=50, reals=50, reader_sd=0.05, correlation=0.3)


def test_exact_power_matches_r():
    case = reference_case("samplesize_shared")
    data = case["data"]["exact_power"]
    made = exact_power(data["n"], accuracy=data["p1"], chance=data["p0"])
    assert made == pytest.approx(case["expected"]["exact_power"], abs=1e-6)


@pytest.mark.parametrize(("accuracy", "images"), [(0.55, 807), (0.60, 210), (0.65, 97), (0.70, 54)])
def test_one_reader_against_chance_needs_as_many_images_as_the_notes_say(accuracy, images):
    assert images_for_power(accuracy=accuracy) == images


@given(st.integers(1, 60), st.integers(0, 50).map(lambda k: k / 50), st.sampled_from([0.5, 0.25, 1 / 3]))
def test_power_is_the_chance_that_the_exact_test_rejects(n, accuracy, chance):
    rejected = [k for k in range(n + 1) if binomial_p(k, n, chance) <= 0.05]
    expected = stats.binom.pmf(rejected, n, accuracy).sum()
    assert exact_power(n, accuracy=accuracy, chance=chance) == pytest.approx(expected, abs=1e-9)


def test_below_chance_is_as_plannable_as_above_and_chance_itself_is_not():
    assert images_for_power(accuracy=0.4) == images_for_power(accuracy=0.6)
    assert images_for_power(accuracy=1.0) == 6
    for accuracy in (0.5, 0.501):
        with pytest.raises(ValueError, match="too near to chance"):
            images_for_power(accuracy=accuracy)
    with pytest.raises(ValueError, match="power must"):
        images_for_power(accuracy=0.6, power=1.0)
    with pytest.raises(ValueError, match="accuracy must"):
        exact_power(10, accuracy=1.2)
    with pytest.raises(ValueError, match="at least one image"):
        exact_power(0, accuracy=0.6)


def test_telling_two_kappas_apart_matches_irr():
    case = reference_case("samplesize_shared")
    for name in ("cohen_two_raters", "cohen_two_sided"):
        data = case["data"][name]
        first, second = ([data[rate], 1 - data[rate]] for rate in ("rate1", "rate2"))
        made = images_to_test_kappa(
            first, second, kappa=data["k1"], null=data["k0"], power=data["power"], two_sided=data["two_sided"]
        )
        assert made == case["expected"][name]


def test_unequal_readers_limit_the_kappa_that_is_possible():
    assert images_to_test_kappa([0.5, 0.5], [0.4, 0.6], kappa=0.5, null=0.2) > 0
    with pytest.raises(ValueError, match="impossible"):
        images_to_test_kappa([0.5, 0.5], [0.2, 0.8], kappa=0.9, null=0.2)
    with pytest.raises(ValueError, match="same shares"):
        images_to_test_kappa(OURS, [0.3, 0.3, 0.4], kappa=0.5, null=0.2)
    with pytest.raises(ValueError, match="differ"):
        images_to_test_kappa(HALVES, HALVES, kappa=0.5, null=0.5)


def test_kappa_of_two_categories_matches_kappasize():
    case = reference_case("samplesize_shared")
    for name in ("ci_binary_2raters", "ci_binary_4raters"):
        data = case["data"][name]
        shares = [data["prevalence"], 1 - data["prevalence"]]
        made = images_for_kappa_interval(
            shares, n_readers=data["raters"], kappa=data["kappa0"], low=data["kappaL"], high=data["kappaU"]
        )
        assert made == case["expected"][name]


@pytest.mark.parametrize(("n_readers", "images"), [(2, 225), (3, 131), (4, 107), (5, 97), (6, 93)])
def test_kappa_of_three_verdicts_matches_kappasize(n_readers, images):
    assert images_for_kappa_interval(OURS, n_readers=n_readers, kappa=0.3, low=0.2, high=0.4) == images


@given(st.integers(2, 8), st.floats(0.2, 0.8), st.sampled_from([HALVES, OURS, [0.1, 0.9], [0.25] * 4]))
def test_the_limits_to_expect_are_those_the_images_were_chosen_for(n_readers, kappa, shares):
    low, high = kappa_limits(shares, n_readers=n_readers, n_images=400, kappa=kappa)
    assert 0 <= low < kappa < high <= 1
    if low > 0 and high < 1:
        made = images_for_kappa_interval(shares, n_readers=n_readers, kappa=kappa, low=low, high=high)
        assert made == pytest.approx(400, abs=1)


def test_a_one_sided_interval_needs_fewer_images_and_bad_shares_are_refused():
    both = images_for_kappa_interval(OURS, n_readers=3, kappa=0.3, low=0.2, high=0.4)
    assert images_for_kappa_interval(OURS, n_readers=3, kappa=0.3, low=0.2) < both
    assert kappa_limits(OURS, n_readers=2, n_images=3, kappa=0.3) == (0.0, pytest.approx(0.9, abs=0.1))
    with pytest.raises(ValueError, match="sum to 1"):
        kappa_limits([0.5, 0.4], n_readers=2, n_images=10, kappa=0.3)
    with pytest.raises(ValueError, match="low < kappa"):
        images_for_kappa_interval(OURS, n_readers=2, kappa=0.3, low=0.4)
    with pytest.raises(ValueError, match="two readers"):
        kappa_limits(OURS, n_readers=1, n_images=10, kappa=0.3)


def test_power_against_chance_agrees_with_drawing_the_model():
    rng, runs, n_readers, scale = np.random.default_rng(9), 20_000, 5, 0.5
    own = ASSUMED.var_readers + (ASSUMED.var_error - ASSUMED.cov2) * scale
    values = 0.1 + rng.normal(size=(runs, n_readers)) * own**0.5
    values += rng.normal(size=(runs, 1)) * (ASSUMED.cov2 * scale) ** 0.5
    spread = values.var(axis=1, ddof=1)
    variance = spread / n_readers + ASSUMED.cov2 * scale
    df = (n_readers - 1) * (variance / (spread / n_readers)) ** 2
    found = (2 * stats.t.sf(np.abs(values.mean(axis=1)) / variance**0.5, df) <= 0.05).mean()
    made = power_against_chance(ASSUMED, effect=0.1, n_readers=n_readers, n_images=200)
    assert made == pytest.approx(found, abs=0.02)


def test_power_rises_with_readers_and_images_and_is_the_level_without_an_effect():
    grid = power_grid(ASSUMED, effect=0.1, readers=[2, 4, 8, 16], images=[50, 100, 400])
    assert (np.diff(grid, axis=0) > 0).all() and (np.diff(grid, axis=1) > 0).all()
    assert power_against_chance(ASSUMED, effect=0.0, n_readers=6, n_images=100) == pytest.approx(0.05)
    assert power_against_chance(ASSUMED, effect=0.5, n_readers=40, n_images=5000) == pytest.approx(1.0)


def test_without_readers_own_spread_the_test_is_normal():
    alike = Assumed(0.0, 0.004, 0.004, 100)
    made = power_against_chance(alike, effect=0.1, n_readers=5, n_images=100)
    distance = 0.1 / 0.004**0.5
    assert made == pytest.approx(stats.norm.sf(1.959964 - distance) + stats.norm.cdf(-1.959964 - distance))


def test_a_pilot_gives_the_components_its_own_size_shows():
    case = reference_case("real_fake_unsure_complete_A")
    codes = codes_of(case["data"]["ratings"], [0, 1, 2])
    pilot = mean_of_readers(area_merit(case["data"]["truth_fake"], suspicion(codes)), chance=0.5)
    assumed = Assumed.of_pilot(pilot.components, n_images=80)
    made = power_against_chance(assumed, effect=0.2, n_readers=6, n_images=80)
    error = pilot.mean.readers_and_images.se
    assert stats.norm.cdf(0.2 / error - 4) < made <= 1
    with pytest.raises(ValueError, match="two readers"):
        Assumed.of_pilot(Components(math.nan, 0.1, math.nan), n_images=80)


def test_two_conditions_agree_with_a_paired_t_where_readers_share_nothing():
    pilot = CrossedComponents(0.0, 0.001, 0.0, 0.0, 0.0, 0.0)
    made = power_between_conditions(pilot, pilot_images=100, difference=0.05, n_readers=8, n_images=100)
    distance, critical = 0.05 / (2 * 0.001 / 8) ** 0.5, stats.t.ppf(0.975, 7)
    assert made == pytest.approx(stats.nct.sf(critical, 7, distance) + stats.nct.cdf(-critical, 7, distance), abs=1e-6)
    no_spread = CrossedComponents(0.0, 0.0, 0.002, 0.001, 0.002, 0.001)
    sized = power_between_conditions(no_spread, pilot_images=100, difference=0.05, n_readers=8, n_images=400)
    assert sized == pytest.approx(stats.norm.sf(1.959964 - 0.05 / (2 * 0.001 / 4) ** 0.5), abs=1e-3)


def test_impossible_plans_are_refused():
    with pytest.raises(ValueError, match="two readers"):
        power_against_chance(ASSUMED, effect=0.1, n_readers=1, n_images=10)
    with pytest.raises(ValueError, match="cov2"):
        Assumed(0.1, 0.1, 0.2, 10)
    with pytest.raises(ValueError, match="area"):
        Assumed.of_area(1.0, fakes=5, reals=5, reader_sd=0.1, correlation=0.5)
    with pytest.raises(ValueError, match="pilot"):
        power_between_conditions(
            CrossedComponents(*[math.nan] * 6), pilot_images=9, difference=0.1, n_readers=3, n_images=9
        )


def test_a_power_beyond_the_noncentral_t_of_scipy_is_that_of_drawn_errors():
    sure = power_grid(
        Assumed.of_area(0.95, fakes=50, reals=50, reader_sd=0.01, correlation=0.3),
        effect=0.45,
        readers=[2, 3, 10, 200],
        images=[10, 100, 1000, 20_000],
    )
    assert not np.isnan(sure).any() and (sure[1:] > 0.9999).all()
    rng, df, distance = np.random.default_rng(3), 2.0, 40.0
    critical = stats.t.ppf(0.975, df)
    drawn = (rng.normal(distance, 1, 200_000) / np.sqrt(rng.chisquare(df, 200_000) / df) > critical).mean()
    assert _two_sided_power(distance, df) == pytest.approx(drawn, abs=1e-3)
