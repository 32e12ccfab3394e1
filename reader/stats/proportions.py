"""Proportions of verdicts with their intervals: Wilson's score and the exact one of Clopper and Pearson."""

import math

import numpy as np
from scipy.special import bdtr, bdtrc, betaincinv, gammaln, ndtri, xlogy

from reader.stats.estimate import UPPER_TAIL, Estimate, Population, undefined

Z = float(ndtri(UPPER_TAIL))
"""Normal quantile of the two-sided 95 % interval, 1.95996."""

POOLED = "Verdicts of one reader and on one image go together, so this interval is too short and this p too small."
"""Stands beside the test that others report: pooled verdicts treated as a binomial."""


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """Wilson's score interval of a binomial proportion, without continuity correction.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n`` and ``n >= 1``.

    Returns
    -------
    low, high : float
        Ends of the two-sided 95 % interval, in [0, 1]; exactly 0 or 1 where all or none succeeded.

    Raises
    ------
    ValueError
        If the counts are not as above.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22:209-212. doi:10.1080/01621459.1927.10502953
    Newcombe (1998), Stat. Med. 17:857-872, method 3.
    """
    _check_counts(successes, n)
    share = successes / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * (share * (1 - share) / n + Z**2 / (4 * n**2)) ** 0.5 / (1 + Z**2 / n)
    return (0.0 if successes == 0 else centre - half), (1.0 if successes == n else centre + half)


def exact_interval(successes: int, n: int) -> tuple[float, float]:
    """Exact interval of a binomial proportion: never covers less than 95 %, and is wider than Wilson's for it.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n`` and ``n >= 1``.

    Returns
    -------
    low, high : float
        Ends of the two-sided 95 % interval, in [0, 1].

    Raises
    ------
    ValueError
        If the counts are not as above.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26:404-413. doi:10.1093/biomet/26.4.404
    """
    _check_counts(successes, n)
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, 1 - UPPER_TAIL))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, UPPER_TAIL))
    return low, high


def proportion(successes: int, n: int, *, population: Population, none: str) -> Estimate:
    """Share of `successes` among `n` independent verdicts, with Wilson's interval.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n``.
    population : Population
        About whom the interval speaks.
    none : str
        Why the share is undefined where `n` is 0.

    Returns
    -------
    Estimate
        Share in [0, 1]; undefined where `n` is 0. `se` is that of the binomial, 0 where all or none succeeded;
        the interval is not made from it.

    Raises
    ------
    ValueError
        If the counts are not as above.
    """
    if successes == n == 0:
        return undefined(none, n=0, population=population)
    low, high = wilson_interval(successes, n)
    share = successes / n
    return Estimate(share, low, high, n, population, se=(share * (1 - share) / n) ** 0.5)


def binomial_p(successes: int, n: int, chance: float) -> float:
    """Exact two-sided test of a proportion against chance: the probability of every outcome no likelier than this.

    Parameters
    ----------
    successes, n : int
        Counts, ``0 <= successes <= n`` and ``n >= 1``.
    chance : float
        The proportion under the hypothesis, strictly between 0 and 1: 1/2 for one image, 1/k for one among k.

    Returns
    -------
    float
        Two-sided p-value, as R's ``binom.test`` and SciPy's ``binomtest`` give it.

    Raises
    ------
    ValueError
        If the counts or `chance` are not as above.

    References
    ----------
    Sterne (1954), Biometrika 41:275-278.
    """
    _check_counts(successes, n)
    if not 0 < chance < 1:
        raise ValueError(f"chance must lie between 0 and 1, got {chance}")
    k = np.arange(n + 1)
    logs = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + xlogy(k, chance) + xlogy(n - k, 1 - chance)
    # Equally likely outcomes differ by rounding; R forgives the same relative error.
    as_rare = logs <= logs[successes] + 1e-7
    if as_rare.all():
        return 1.0
    low, high = int(np.argmin(as_rare)) - 1, n - int(np.argmin(as_rare[::-1])) + 1
    below = float(bdtr(low, n, chance)) if low >= 0 else 0.0
    above = float(bdtrc(high - 1, n, chance)) if high <= n else 0.0
    return min(1.0, below + above)


def exact_proportion(successes: int, n: int, *, chance: float, population: Population, none: str) -> Estimate:
    """Share of `successes` with the exact interval, tested exactly against chance.

    Parameters
    ----------
    successes, n, population, none
        As for `proportion`.
    chance : float
        As for `binomial_p`.

    Returns
    -------
    Estimate
        Share in [0, 1]; undefined where `n` is 0. For `Population.POOLED_VERDICTS` a warning stands with it.

    Raises
    ------
    ValueError
        If the counts or `chance` are not as above.
    """
    if successes == n == 0:
        return undefined(none, n=0, population=population)
    low, high = exact_interval(successes, n)
    share, p = successes / n, binomial_p(successes, n, chance)
    error = math.sqrt(share * (1 - share) / n)
    warning = POOLED if population is Population.POOLED_VERDICTS else ""
    return Estimate(share, low, high, n, population, se=error, p=p, warning=warning)


def _check_counts(successes: int, n: int) -> None:
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"a proportion needs 0 <= successes <= n and n >= 1, got {successes} of {n}")
