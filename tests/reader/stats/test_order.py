"""Learning, pace and time per verdict."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from reader.stats.estimate import Population
from reader.stats.mrmc import ONE_READER
from reader.stats.order import (
    FEW_TIMES,
    NO_SLOPE,
    NO_SPREAD,
    NO_TIME,
    ONE_POSITION,
    TOO_FEW,
    mean_slope,
    median,
    reader_order,
    slope,
)

RNG = np.random.default_rng(8)
POSITIONS = RNG.permutation(120).astype(float)
MARKS = (RNG.random(120) < 0.4 + POSITIONS / 400).astype(float)
SECONDS = np.exp(RNG.normal(2.5, 0.4, 120) - POSITIONS / 300)


def test_the_slope_and_its_error_agree_with_statsmodels_hc3():
    theirs = OLS(MARKS, np.column_stack([np.ones(120), POSITIONS / 100])).fit(cov_type="HC3", use_t=True)
    made = slope(POSITIONS, MARKS)
    assert (made.value, made.se, made.p) == pytest.approx((theirs.params[1], theirs.bse[1], theirs.pvalues[1]))
    assert (made.low, made.high) == pytest.approx(theirs.conf_int()[1])


def test_pace_is_a_ratio_per_hundred_positions():
    made = reader_order(POSITIONS, MARKS, np.exp(2 - 0.004 * POSITIONS + RNG.normal(0, 1e-3, 120))).pace
    assert made.value == pytest.approx(np.exp(-0.4), abs=1e-3)
    assert made.low < made.value < made.high < 1


def test_seconds_in_another_unit_leave_the_pace_as_it_is():
    made, minutes = reader_order(POSITIONS, MARKS, SECONDS), reader_order(POSITIONS, MARKS, SECONDS / 60)
    assert minutes.pace.value == pytest.approx(made.pace.value)
    assert minutes.seconds.high == pytest.approx(made.seconds.high / 60)


def test_missing_marks_and_times_are_left_out():
    marks, seconds = MARKS.copy(), SECONDS.copy()
    marks[:10], seconds[5:20] = np.nan, np.nan
    made = reader_order(POSITIONS, marks, seconds)
    assert (made.learning.n, made.pace.n, made.seconds.n) == (110, 105, 105)
    assert made.learning.value == pytest.approx(slope(POSITIONS[10:], MARKS[10:]).value)


@given(st.integers(1, 200))
def test_the_median_interval_covers_at_least_95_percent_and_less_if_one_closer(n):
    made = median(np.arange(1.0, n + 1))
    if n < 6:
        assert made.reason == FEW_TIMES
    else:
        assert made.low + made.high == pytest.approx(n + 1)


def test_the_median_interval_of_twenty_is_the_sixth_to_the_fifteenth():
    made = median(np.arange(1.0, 21))
    assert (made.value, made.low, made.high) == (10.5, 6, 15)


def test_too_little_and_too_plain_have_reasons():
    assert slope(np.array([1.0, 2]), np.array([0.0, 1])).reason == TOO_FEW
    assert slope(np.ones(5), np.arange(5.0)).reason == ONE_POSITION
    constant = slope(np.arange(5.0), np.ones(5))
    assert (constant.value, constant.reason) == (0, NO_SPREAD)
    assert median(np.array([])).reason == NO_TIME
    nothing = reader_order([1, 2], [np.nan, np.nan], [np.nan, np.nan])
    assert nothing.learning.reason == nothing.pace.reason == TOO_FEW and nothing.seconds.reason == NO_TIME


def test_readers_slopes_have_a_mean_over_readers():
    slopes = [slope(POSITIONS, RNG.random(120)) for _ in range(6)]
    made = mean_slope([*slopes, slope(np.ones(3), np.ones(3))])
    assert (made.n, made.df, made.population) == (6, 5, Population.READERS_AND_IMAGES)
    assert made.value == pytest.approx(np.mean([one.value for one in slopes]))
    assert mean_slope(slopes[:1]).reason == ONE_READER
    assert mean_slope([]).reason == NO_SLOPE
    assert mean_slope([slopes[0], slopes[0]]).reason == NO_SPREAD


def test_times_of_nothing_and_unlike_shapes_are_refused():
    with pytest.raises(ValueError, match="above 0"):
        reader_order([1], [1], [0])
    with pytest.raises(ValueError, match="per slot"):
        reader_order([1, 2], [1], [1])
