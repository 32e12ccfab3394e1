"""Proportions of verdicts with their intervals: Wilson's score and the exact one of Clopper and Pearson."""

from scipy.special import betaincinv, ndtri

from reader.stats.estimate import UPPER_TAIL, Estimate, Population, undefined

Z = float(ndtri(UPPER_TAIL))
"""Normal quantile of the two-sided 95 % interval, 1.95996."""


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


def _check_counts(successes: int, n: int) -> None:
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"a proportion needs 0 <= successes <= n and n >= 1, got {successes} of {n}")
