"""Studies drawn from a model look like the model, and a model fitted to them comes back."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from reader.stats.mrmc_merits import area_merit
from reader.stats.planning_simulation import VerdictModel, draw_study, fit_pilot, simulated_power
from reader.stats.unsure import suspicion
from reader.stats.verdicts import FAKE, MISSING, REAL, UNSURE

MODEL = VerdictModel(d_prime=0.8, d_prime_sd=0.3, low=-0.2, high=0.3, lean_sd=0.3, alike=0.4)
TRUTH = np.arange(3000) < 1500


def test_drawn_verdicts_fall_as_the_normal_curve_says():
    alone = VerdictModel(1.0, 0.0, -0.25, 0.5, 0.0, 0.0)
    codes = draw_study(alone, TRUTH, 30, np.random.default_rng(1))
    assert (codes[TRUTH] == FAKE).mean() == pytest.approx(norm.sf(0.5 - 0.5), abs=0.01)
    assert (codes[~TRUTH] == REAL).mean() == pytest.approx(norm.cdf(-0.25 + 0.5), abs=0.01)
    assert (codes[~TRUTH] == UNSURE).mean() == pytest.approx(norm.cdf(1.0) - norm.cdf(0.25), abs=0.01)


def test_the_model_comes_back_from_a_large_pilot():
    codes = draw_study(MODEL, TRUTH, 300, np.random.default_rng(2))
    made = fit_pilot(TRUTH, codes)
    assert made.d_prime == pytest.approx(MODEL.d_prime, abs=0.06)
    assert made.d_prime_sd == pytest.approx(MODEL.d_prime_sd, abs=0.04)
    assert (made.low, made.high) == pytest.approx((MODEL.low, MODEL.high), abs=0.06)
    assert made.lean_sd == pytest.approx(MODEL.lean_sd, abs=0.04)
    assert made.alike == pytest.approx(MODEL.alike, abs=0.05)


def test_missing_verdicts_do_not_move_the_model():
    rng = np.random.default_rng(3)
    codes = draw_study(MODEL, TRUTH, 60, rng)
    made, holed = fit_pilot(TRUTH, codes), fit_pilot(TRUTH, np.where(rng.random(codes.shape) < 0.3, MISSING, codes))
    assert (holed.d_prime, holed.alike) == pytest.approx((made.d_prime, made.alike), abs=0.03)
    assert (holed.d_prime_sd, holed.lean_sd) == pytest.approx((made.d_prime_sd, made.lean_sd), abs=0.03)


def test_constant_and_perfect_pilots_give_a_finite_model():
    truth = np.arange(20) < 10
    for codes in (np.full((20, 3), UNSURE), np.where(truth[:, None], FAKE, REAL) * np.ones((1, 3), dtype=int)):
        made = fit_pilot(truth, codes)
        assert all(math.isfinite(number) for number in vars(made).values())
        assert (made.d_prime_sd, made.alike) == (0, 0)


def test_power_is_the_level_without_an_effect_and_near_1_with_a_large_one():
    rng = np.random.default_rng(4)
    null = VerdictModel(0.0, 0.2, -0.2, 0.2, 0.3, 0.3)
    made = simulated_power(null, n_readers=8, fakes=40, reals=40, runs=300, rng=rng)
    assert 0.01 < made.power < 0.1 and made.mean_area == pytest.approx(0.5, abs=0.01)
    strong = VerdictModel(2.0, 0.2, -0.2, 0.2, 0.3, 0.3)
    assert simulated_power(strong, n_readers=4, fakes=40, reals=40, runs=50, rng=rng).power > 0.95


def test_the_same_seed_draws_the_same_power():
    made = [
        simulated_power(MODEL, n_readers=4, fakes=20, reals=20, runs=20, rng=np.random.default_rng(7)) for _ in "ab"
    ]
    assert made[0] == made[1]
    assert made[0].low <= made[0].power <= made[0].high


def test_drawn_readers_are_alike_through_their_images():
    codes = draw_study(VerdictModel(0.0, 0.0, 0.0, 0.0, 0.0, 0.9), TRUTH, 2, np.random.default_rng(5))
    assert (codes[:, 0] == codes[:, 1]).mean() == pytest.approx(0.5 + math.asin(0.9) / math.pi, abs=0.02)
    assert area_merit(TRUTH, suspicion(codes)).values == pytest.approx([0.5, 0.5], abs=0.04)


def test_models_and_pilots_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="low <= high"):
        VerdictModel(0, 0, 1, 0, 0, 0)
    with pytest.raises(ValueError, match="two readers or more"):
        fit_pilot([1, 1, 0, 0], [[0], [0], [2], [2]])
    with pytest.raises(ValueError, match="one truth per image"):
        fit_pilot([1, 0], [0, 2])
    with pytest.raises(ValueError, match="one run"):
        simulated_power(MODEL, n_readers=1, fakes=5, reals=5, runs=1, rng=np.random.default_rng(0))
