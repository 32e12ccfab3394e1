"""Choices among k images shown together: the share found against 1/k, and Bradley and Terry's scale for pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population, undefined
from reader.stats.proportions import exact_proportion
from reader.stats.verdicts import FloatArray

Z = float(ndtri(UPPER_TAIL))

NO_CHOICE = "No choice has been made: there is no comparison, or every one is unsure."
NOT_LINKED = (
    "Some items never lost to the others, or were never compared with them, so their distance has no finite estimate."
)
REFERENCE = "Strengths are relative to this item, which stands at 0."
STEPS = 100
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Strengths:
    """Bradley and Terry's scale with ties.

    Attributes
    ----------
    strengths : tuple of Estimate
        Log strength of each item less that of the first; `n` counts comparisons.
    tie : float
        Davidson's tie parameter nu, 0 without ties; ``nan`` where undefined.
    """

    strengths: tuple[Estimate, ...]
    tie: float


def share_found(found: int, n: int, k: int, *, population: Population) -> Estimate:
    """Share of trials in which the fake among `k` images was found, exact interval and test against 1/k.

    Parameters
    ----------
    found, n : int
        Trials found and all trials; unsure is not found.
    k : int
        Images shown together, at least 2.
    population : Population
        About whom the interval speaks.

    Returns
    -------
    Estimate
        Undefined where `n` is 0.

    Raises
    ------
    ValueError
        If `k` is below 2 or the counts are impossible.
    """
    if k < 2:
        raise ValueError(f"a choice needs at least two images, got {k}")
    return exact_proportion(found, n, chance=1 / k, population=population, none=NO_CHOICE)


def bradley_terry(wins: ArrayLike, ties: ArrayLike) -> Strengths:
    """How strongly each item (generator, image) is chosen over the others, from pairs with ties.

    Parameters
    ----------
    wins : array_like of int, shape (n_items, n_items)
        ``wins[i, j]``: how often *i* was chosen over *j* (as the more real one, say).
    ties : array_like of int, shape (n_items, n_items)
        Symmetric: how often the reader was unsure between *i* and *j*.

    Returns
    -------
    Strengths
        Maximum likelihood, normal intervals from the expected information, each `p` against the first item. All
        undefined where the wins and ties do not hold every item at a finite distance from every other.

    Raises
    ------
    ValueError
        If shapes differ, a count is negative, `ties` is not symmetric or an item meets itself.

    References
    ----------
    Bradley and Terry (1952), Biometrika 39:324-345; Davidson (1970), J. Am. Stat. Assoc. 65:317-328: ties.
    Ford (1957), Am. Math. Mon. 64:28-33: when the estimate exists.
    """
    won, tied = np.asarray(wins, dtype=float), np.asarray(ties, dtype=float)
    _check(won, tied)
    n = int(won.sum() + tied.sum() / 2)
    fitted = _fit(won, tied) if len(won) > 1 and won.any() else None
    if fitted is None:
        why = NOT_LINKED if won.any() else NO_CHOICE
        return Strengths(tuple(undefined(why, n=n, population=Population.THESE_READERS) for _ in won), NAN)
    parameters, information = fitted
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    first = Estimate(0.0, NAN, NAN, n, Population.THESE_READERS, REFERENCE, se=0.0)
    others = [_estimate(float(parameters[i]), float(errors[i]), n) for i in range(len(won) - 1)]
    tie = float(np.exp(parameters[-1])) if tied.any() else 0.0
    return Strengths((first, *others), tie)


def _fit(won: FloatArray, tied: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Newton's method on log strengths (the first at 0) and, where there are ties, the log of nu."""
    n_items = len(won)
    pairs = [(i, j) for i in range(n_items) for j in range(i + 1, n_items) if won[i, j] + won[j, i] + tied[i, j]]
    design = np.zeros((len(pairs), 3, n_items))
    counts = np.array([(won[i, j], won[j, i], tied[i, j]) for i, j in pairs])
    for row, (i, j) in enumerate(pairs):
        design[row, 0, i] = design[row, 1, j] = 1
        design[row, 2, [i, j]] = 0.5
    has_ties = bool(tied.any())
    design = np.concatenate([design[:, :, 1:], np.zeros((len(pairs), 3, 1))], axis=2)
    design[:, 2, -1] = 1
    design, counts = (design, counts) if has_ties else (design[:, :2, :-1], counts[:, :2])
    return _multinomial_newton(design, counts)


def _multinomial_newton(design: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    """Maximum likelihood of multinomials whose log odds are ``design @ parameters``, and its information.

    None where the likelihood rises without end or is flat: its information then vanishes in some direction.
    """
    parameters, totals = np.zeros(design.shape[2]), counts.sum(axis=1, keepdims=True)
    for _ in range(STEPS):
        shares = _shares(design, parameters)
        score = np.einsum("po,pok->k", counts - totals * shares, design)
        information = _information(design, shares, totals)
        if np.linalg.cond(information) > 1 / np.finfo(float).eps:
            return None
        step = np.linalg.solve(information, score)
        # Far steps overshoot where a pair is nearly one-sided.
        parameters = parameters + step * min(1.0, 2 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < TOLERANCE:
            return parameters, _information(design, _shares(design, parameters), totals)
    return None


def _shares(design: FloatArray, parameters: FloatArray) -> FloatArray:
    odds = design @ parameters
    weights = np.exp(odds - odds.max(axis=1, keepdims=True))
    shares: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _information(design: FloatArray, shares: FloatArray, totals: FloatArray) -> FloatArray:
    mean = np.einsum("po,pok->pk", shares, design)
    second: FloatArray = np.einsum("po,pok,pol->kl", totals * shares, design, design)
    outer: FloatArray = np.einsum("pk,pl->kl", totals * mean, mean)
    return second - outer


def _estimate(value: float, error: float, n: int) -> Estimate:
    p = 2 * float(ndtr(-abs(value) / error))
    low, high = value - Z * error, value + Z * error
    return Estimate(value, low, high, n, Population.THESE_READERS, se=error, p=p, df=np.inf)


def _check(won: FloatArray, tied: FloatArray) -> None:
    if won.ndim != 2 or won.shape[0] != won.shape[1] or won.shape != tied.shape:
        raise ValueError(f"give two square tables, item by item, got shapes {won.shape} and {tied.shape}")
    if (won < 0).any() or (tied < 0).any() or (tied != tied.T).any():
        raise ValueError("counts must not be negative, and ties must be the same both ways")
    if np.diag(won).any() or np.diag(tied).any():
        raise ValueError("an item cannot meet itself: leave the diagonal at 0")
