"""Planning agreement: images to tell one kappa from another, and how precise kappa gets with k readers."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import betaln, chdtri, gammaln, ndtri, xlogy

from reader.stats.estimate import UPPER_TAIL
from reader.stats.verdicts import FloatArray

STEPS = 60
"""Halvings of an interval of kappa: finer than a printed digit by far."""


def images_to_test_kappa(
    first: Sequence[float],
    second: Sequence[float],
    *,
    kappa: float,
    null: float,
    power: float = 0.8,
    two_sided: bool = True,
) -> int:
    """Images for two readers to reject a kappa of `null` at 5 % where it is `kappa`.

    Parameters
    ----------
    first, second : sequence of float, shape (n_categories,)
        Shares in which each reader uses the categories, summing to 1; equal for more than two categories.
    kappa, null : float
        The kappa that is true and the one to reject, below 1 and possible with these shares; not equal.
    power : float
        Strictly between 0 and 1.
    two_sided : bool
        Whether a deviation either way counts.

    Returns
    -------
    int
        Images that both must read.

    Raises
    ------
    ValueError
        If the shares are not as above, or a kappa is impossible with them.

    References
    ----------
    Cantor (1996), Psychol. Methods 1:150-153; Flack, Afifi, Lachenbruch and Schouten (1988), Psychometrika
    53:321-325; Fleiss, Cohen and Everitt (1969), Psychol. Bull. 72:323-327: the variance.
    """
    if kappa == null or not 0 < power < 1:
        raise ValueError("kappa must differ from the one to reject, and power lie between 0 and 1")
    errors = [math.sqrt(_unit_variance(_table(first, second, value))) for value in (null, kappa)]
    tail = UPPER_TAIL if two_sided else 2 * UPPER_TAIL - 1
    needed = (float(ndtri(tail)) * errors[0] + float(ndtri(power)) * errors[1]) / (kappa - null)
    return math.ceil(needed**2)


def images_for_kappa_interval(
    shares: Sequence[float], *, n_readers: int, kappa: float, low: float, high: float | None = None
) -> int:
    """Images for the 95 % interval of kappa to lie within limits where kappa comes out as expected.

    Parameters
    ----------
    shares : sequence of float, shape (n_categories,)
        Expected shares of the categories, each above 0, summing to 1.
    n_readers : int
        At least 2, all reading every image.
    kappa : float
        The kappa expected.
    low, high : float
        Limits around it, strictly between 0 and 1; without `high` the interval is one-sided.

    Returns
    -------
    int
        Images.

    Raises
    ------
    ValueError
        If the numbers are not as above.

    References
    ----------
    Donner and Eliasziw (1992), Stat. Med. 11:1511-1519: goodness of fit, two readers.
    Altaye, Donner and Klar (2001), Biometrics 57:584-588: more readers, two categories.
    Bartfay and Donner (2001), J. R. Stat. Soc. D 50:83-95; Rotondi and Donner (2012), J. Clin. Epidemiol.
    65:778-784: more categories.
    """
    _check_shares(shares)
    limits = [low] if high is None else [low, high]
    if n_readers < 2 or not 0 < low < kappa < 1 or (high is not None and not kappa < high < 1):
        raise ValueError("give two readers or more and 0 < low < kappa < high < 1")
    tail = 2 * (1 - UPPER_TAIL) * (2 if high is None else 1)
    critical = float(chdtri(1, tail))
    return max(math.ceil(critical / _misfit(shares, n_readers, kappa, limit)) for limit in limits)


def kappa_limits(shares: Sequence[float], *, n_readers: int, n_images: int, kappa: float) -> tuple[float, float]:
    """The 95 % interval to expect for kappa; 0 or 1 where it reaches that far.

    Parameters
    ----------
    shares, n_readers, kappa
        As for `images_for_kappa_interval`.
    n_images : int
        Images that all read, at least 1.

    Returns
    -------
    low, high : float
        Ends in [0, 1].

    Raises
    ------
    ValueError
        If the numbers are not as above.
    """
    _check_shares(shares)
    if n_readers < 2 or n_images < 1 or not 0 < kappa < 1:
        raise ValueError("give two readers or more, an image or more and 0 < kappa < 1")
    critical = float(chdtri(1, 2 * (1 - UPPER_TAIL))) / n_images
    return tuple(_limit(shares, n_readers, kappa, end, critical) for end in (0.0, 1.0))  # type: ignore[return-value]


def _limit(shares: Sequence[float], n_readers: int, kappa: float, end: float, critical: float) -> float:
    inside, outside = kappa, abs(end - 1e-9)
    if _misfit(shares, n_readers, kappa, outside) < critical:
        return end
    for _ in range(STEPS):
        middle = (inside + outside) / 2
        inside, outside = (
            (middle, outside) if _misfit(shares, n_readers, kappa, middle) < critical else (inside, middle)
        )
    return (inside + outside) / 2


def _misfit(shares: Sequence[float], n_readers: int, kappa: float, other: float) -> float:
    """Chi-squared per image between the patterns of verdicts under `kappa` and under `other`."""
    patterns = _counts_of_one if len(shares) == 2 else _all_agree
    expected, rival = patterns(shares, n_readers, kappa), patterns(shares, n_readers, other)
    return float(((expected - rival) ** 2 / rival).sum())


def _counts_of_one(shares: Sequence[float], n_readers: int, kappa: float) -> FloatArray:
    """Two categories: how many readers say the first, when all share one verdict with probability kappa."""
    k = np.arange(n_readers + 1)
    logs = gammaln(n_readers + 1) - gammaln(k + 1) - gammaln(n_readers - k + 1)
    logs += xlogy(k, shares[0]) + xlogy(n_readers - k, shares[1])
    chances: FloatArray = (1 - kappa) * np.exp(logs)
    chances[[0, -1]] += kappa * np.array([shares[1], shares[0]])
    return chances


def _all_agree(shares: Sequence[float], n_readers: int, kappa: float) -> FloatArray:
    """More categories: all readers say this one, for each category, or they do not agree; Dirichlet-multinomial."""
    spread = (1 - kappa) / kappa
    p = np.asarray(shares, dtype=float)
    together = np.exp(betaln(spread * p + n_readers, spread * (1 - p)) - betaln(spread * p, spread * (1 - p)))
    return np.append(together, 1 - together.sum())


def _table(first: Sequence[float], second: Sequence[float], kappa: float) -> FloatArray:
    """Shares of each pair of verdicts of two readers with these margins and this kappa."""
    _check_shares(first)
    _check_shares(second)
    rows, columns = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if len(rows) == len(columns) == 2:
        agreed = kappa * (1 - rows @ columns) + rows @ columns
        both = (agreed - 1 + rows[0] + columns[0]) / 2
        table = np.array([[both, rows[0] - both], [columns[0] - both, 1 - rows[0] - columns[0] + both]])
    elif np.array_equal(rows, columns):
        table = (1 - kappa) * np.outer(rows, columns) + kappa * np.diag(rows)
    else:
        raise ValueError("with more than two categories both readers must use them in the same shares")
    if (table < -1e-12).any() or kappa >= 1:
        raise ValueError(f"a kappa of {kappa} is impossible with these shares")
    return table.clip(0.0)


def _unit_variance(table: FloatArray) -> float:
    """Fleiss, Cohen and Everitt's variance of kappa for one image."""
    rows, columns, diagonal = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    agreed, chance = float(diagonal.sum()), float(rows @ columns)
    on = float((diagonal * (1 - chance - (rows + columns) * (1 - agreed)) ** 2).sum())
    crossed = table * (columns[:, None] + rows[None, :]) ** 2
    off = (1 - agreed) ** 2 * float(crossed.sum() - np.trace(crossed))
    return (on + off - (agreed * chance - 2 * chance + agreed) ** 2) / (1 - chance) ** 4


def _check_shares(shares: Sequence[float]) -> None:
    if len(shares) < 2 or min(shares) <= 0 or not math.isclose(sum(shares), 1.0, abs_tol=1e-9):
        raise ValueError(f"shares of two or more categories must each be above 0 and sum to 1, got {list(shares)}")
