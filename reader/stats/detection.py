"""Signal detection: sensitivity d', criterion c and bias ln beta of one reader; the signal is fake."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined

Z = float(ndtri(UPPER_TAIL))

AT_ZERO = "The large-sample error is 0 here (both rates are one half), so it gives no interval."
NO_SIGNAL = "This reader has decided on no fake image."
NO_NOISE = "This reader has decided on no real image."


@dataclass(frozen=True)
class Detection:
    """One reader under the equal-variance normal model.

    Attributes
    ----------
    hit_rate, false_alarm_rate : float
        After the correction; ``nan`` where there is no image of that truth.
    d_prime : Estimate
        Separation of fake and real in standard deviations of the noise; 0 is guessing. `p` tests against 0.
    criterion : Estimate
        Position of the criterion from the midpoint, same unit; below 0 the reader leans to *fake*.
    ln_beta : Estimate
        Log of the likelihood ratio at the criterion, ``c * d'``; below 0 the reader leans to *fake*.
    """

    hit_rate: float
    false_alarm_rate: float
    d_prime: Estimate
    criterion: Estimate
    ln_beta: Estimate


def detection(hits: int, misses: int, false_alarms: int, correct_rejections: int) -> Detection:
    """Indices of signal detection, log-linear correction always applied, normal intervals.

    Parameters
    ----------
    hits, misses : int
        Fakes called fake, and fakes called real. Unsure verdicts are in neither: say so beside the numbers.
    false_alarms, correct_rejections : int
        Reals called fake, and reals called real.

    Returns
    -------
    Detection
        `n` counts decided verdicts. Undefined without a fake or without a real among them.

    Raises
    ------
    ValueError
        If a count is negative.

    References
    ----------
    Macmillan and Creelman (2005), Detection Theory, 2nd ed., eq. 1.5, 2.1, 2.6.
    Hautus (1995), Behav. Res. Methods 27:46-51: adding 0.5 to counts and 1 to totals.
    Gourevitch and Galanter (1967), Psychometrika 32:25-33: variances, by the delta method.
    """
    if min(hits, misses, false_alarms, correct_rejections) < 0:
        raise ValueError("counts of verdicts must not be negative")
    n = hits + misses + false_alarms + correct_rejections
    if hits + misses == 0 or false_alarms + correct_rejections == 0:
        none = undefined(NO_SIGNAL if hits + misses == 0 else NO_NOISE, n=n, population=Population.THIS_READER)
        return Detection(_corrected(hits, misses), _corrected(false_alarms, correct_rejections), none, none, none)
    hit_rate, alarm_rate = _corrected(hits, misses), _corrected(false_alarms, correct_rejections)
    z_hit, z_alarm = float(ndtri(hit_rate)), float(ndtri(alarm_rate))
    of_hit = _probit_variance(hit_rate, hits + misses)
    of_alarm = _probit_variance(alarm_rate, false_alarms + correct_rejections)
    d_prime, criterion, ln_beta = indices_of_rates(hit_rate, alarm_rate)
    spread = (of_hit + of_alarm) ** 0.5
    of_bias = (z_hit**2 * of_hit + z_alarm**2 * of_alarm) ** 0.5
    return Detection(
        hit_rate,
        alarm_rate,
        _normal(d_prime, spread, n),
        _normal(criterion, spread / 2, n),
        _normal(ln_beta, of_bias, n),
    )


def indices_of_rates(hit_rate: float, false_alarm_rate: float) -> tuple[float, float, float]:
    """d', c and ln beta of two rates as they are, without correction.

    Parameters
    ----------
    hit_rate, false_alarm_rate : float
        Strictly between 0 and 1.

    Raises
    ------
    ValueError
        If a rate is 0 or 1 or beyond: its normal quantile is infinite.
    """
    if not (0 < hit_rate < 1 and 0 < false_alarm_rate < 1):
        raise ValueError(f"rates must lie between 0 and 1, got {hit_rate} and {false_alarm_rate}: correct them first")
    z_hit, z_alarm = float(ndtri(hit_rate)), float(ndtri(false_alarm_rate))
    return z_hit - z_alarm, -(z_hit + z_alarm) / 2, (z_alarm**2 - z_hit**2) / 2


def _corrected(successes: int, failures: int) -> float:
    return (successes + 0.5) / (successes + failures + 1) if successes + failures else NAN


def _probit_variance(rate: float, n: int) -> float:
    """Variance of the normal quantile of a rate over n images."""
    density = np.exp(-(float(ndtri(rate)) ** 2) / 2) / (2 * np.pi) ** 0.5
    return float(rate * (1 - rate) / (n * density**2))


def _normal(value: float, error: float, n: int) -> Estimate:
    population = Population.THIS_READER
    if error == 0:
        return Estimate(value, NAN, NAN, n, population, AT_ZERO, se=0.0)
    p = 2 * float(ndtr(-abs(value) / error))
    return Estimate(value, value - Z * error, value + Z * error, n, population, se=error, p=p, df=math.inf)
