"""Planning one reader's test against chance: power of the exact binomial test, and images needed."""

import math

import numpy as np
from scipy.special import gammaln, ndtri, xlogy

from reader.stats.estimate import UPPER_TAIL
from reader.stats.verdicts import FloatArray

MOST_IMAGES = 10_000
"""Beyond this many images the answer is that the effect is too small to plan for."""

STEADY = 10
"""Sizes in a row that must reach the power: an exact test's power moves in a saw-tooth."""


def exact_power(n: int, *, accuracy: float, chance: float = 0.5) -> float:
    """Power of the exact two-sided 5 % test of one reader's accuracy against chance.

    Parameters
    ----------
    n : int
        Images read, at least 1.
    accuracy : float
        The accuracy that is true, in [0, 1].
    chance : float
        What guessing gives, strictly between 0 and 1: 1/k for one image among k.

    Returns
    -------
    float
        Probability that `binomial_p` comes out at or below 0.05.

    Raises
    ------
    ValueError
        If a number lies outside its range.

    References
    ----------
    Chernick and Liu (2002), Am. Stat. 56:149-155: the saw-tooth.
    """
    _check(accuracy, chance)
    if n < 1:
        raise ValueError(f"power needs at least one image, got {n}")
    null = _log_shares(n, chance)
    order = np.argsort(null, kind="stable")
    cumulated = np.exp(null[order]).cumsum()
    # An outcome's p holds everything as likely, to R's relative tolerance, so that the two tails are one.
    as_rare = np.searchsorted(null[order], null + 1e-7, side="right")
    p = cumulated[as_rare - 1]
    return float(np.exp(_log_shares(n, accuracy))[p <= 2 * (1 - UPPER_TAIL) * (1 + 1e-12)].sum())


def images_for_power(*, accuracy: float, chance: float = 0.5, power: float = 0.8) -> int:
    """Fewest images from which the exact test has the power at this and the nine next sizes.

    Parameters
    ----------
    accuracy, chance
        As for `exact_power`, not equal.
    power : float
        Strictly between 0 and 1.

    Returns
    -------
    int
        Images that one reader must read.

    Raises
    ------
    ValueError
        If a number lies outside its range, or more than 10,000 images would be needed.
    """
    _check(accuracy, chance)
    if not 0 < power < 1:
        raise ValueError(f"power must lie between 0 and 1, got {power}")
    guess = _normal_size(accuracy, chance, power)
    run = 0
    if guess <= MOST_IMAGES:
        # The saw-tooth and the skewness move the size by a few roots of it, never by more than two fifths.
        first = guess - min(0.4 * guess, 4 * math.sqrt(guess))
        for n in range(max(1, int(first) - STEADY), MOST_IMAGES + STEADY):
            run = run + 1 if exact_power(n, accuracy=accuracy, chance=chance) >= power else 0
            if run == STEADY:
                return n - STEADY + 1
    raise ValueError(f"an accuracy of {accuracy} is too near to chance to be shown with {MOST_IMAGES:,} images")


def _normal_size(accuracy: float, chance: float, power: float) -> float:
    if accuracy == chance:
        return math.inf
    spread = float(ndtri(UPPER_TAIL)) * math.sqrt(chance * (1 - chance))
    spread += float(ndtri(power)) * math.sqrt(accuracy * (1 - accuracy))
    return max(spread, 0.0) ** 2 / (accuracy - chance) ** 2


def _log_shares(n: int, share: float) -> FloatArray:
    k = np.arange(n + 1)
    logs: FloatArray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + xlogy(k, share) + xlogy(n - k, 1 - share)
    return logs


def _check(accuracy: float, chance: float) -> None:
    if not 0 <= accuracy <= 1 or not 0 < chance < 1:
        raise ValueError(f"accuracy must lie in [0, 1] and chance between 0 and 1, got {accuracy} and {chance}")
