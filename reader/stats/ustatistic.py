"""Gallas' one-shot variance of the mean over readers: unbiased, for any pattern of missing verdicts."""

import math
from dataclasses import dataclass, replace

import numpy as np

from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.mrmc import (
    NO_READER,
    NO_SPREAD,
    ONE_READER,
    TOO_FEW_IMAGES,
    estimate_from,
    few_readers_warning,
    mean_of_readers,
)
from reader.stats.mrmc_conditions import compare_conditions
from reader.stats.mrmc_covariance import images_read
from reader.stats.mrmc_merits import Merit
from reader.stats.verdicts import FloatArray

V_STATISTIC = "The unbiased variance came out negative; the ideal bootstrap's variance stands in its place."
BY_MODEL = "The unbiased variance came out negative; Obuchowski and Rockette's variance stands in its place."

ROUNDING = 1e-12
"""Variances nearer to 0 than this are rounding."""

# Turns sums over (shared, free) pairs of an index into sums over (shared, different) pairs of it.
_DISTINCT = np.array([[1.0, 0.0], [-1.0, 1.0]])


@dataclass(frozen=True)
class OneShotVariance:
    """Variance of a mean over readers, or of a difference of two.

    Attributes
    ----------
    unbiased : float
        By U-statistics, possibly negative; ``nan`` where all images of a class are one image.
    biased : float
        By V-statistics: the ideal bootstrap's.
    main_effects, dfs : tuple of float
        Satterthwaite's terms: what readers alone, then each class of images alone, make, and their degrees of
        freedom.
    """

    unbiased: float
    biased: float
    main_effects: tuple[float, ...]
    dfs: tuple[float, ...]

    def minus_twice(self, shared: "OneShotVariance", other: "OneShotVariance") -> "OneShotVariance":
        """The variance of a difference: this one, plus that of the `other` mean, less twice the `shared` one."""
        return OneShotVariance(
            self.unbiased + other.unbiased - 2 * shared.unbiased,
            self.biased + other.biased - 2 * shared.biased,
            tuple(
                a + b - 2 * ab
                for a, b, ab in zip(self.main_effects, other.main_effects, shared.main_effects, strict=True)
            ),
            tuple(map(min, self.dfs, other.dfs)),
        )


def one_shot(merit: Merit, *, chance: float = NAN) -> Estimate:
    """Mean over readers with readers and images random, by U-statistics.

    Parameters
    ----------
    merit : Merit
        One test per reader, from `area_merit`, `share_merit` or `class_merit`.
    chance : float
        What guessing gives; ``nan`` for no test.

    Returns
    -------
    Estimate
        The mean is over all readings (reader, fake, real), so readers who read more count more. The interval is
        Student's with the whole part of the Satterthwaite degrees of freedom `df`, cut at 0 and 1. Where the unbiased
        variance is negative, that of the ideal bootstrap is taken, then Obuchowski and Rockette's, and a warning
        says so. Undefined without readers; no interval with one.

    References
    ----------
    Gallas (2006), Acad. Radiol. 13:353-362; Gallas, Bandos, Samuelson and Wagner (2009), Commun. Stat. Theory
    Methods 38:2586-2603, eq. 19; Gallas, Pennello and Myers (2007), J. Opt. Soc. Am. A 24:B70-B80: shares.
    Obuchowski, Gallas and Hillis (2012), Acad. Radiol. 19:1508-1517: degrees of freedom.
    """
    used = merit.of(np.flatnonzero(~np.isnan(merit.values)).tolist())
    n_readers = len(used.values)
    if n_readers < 2:
        return _too_few(used, float(used.values[0]) if n_readers else NAN, n_readers)
    sums, counts = used.pair_sums()
    fallback = mean_of_readers(used).mean.readers_and_images.se
    value = _grand_mean(sums, counts)
    return _estimate(value, _variance(sums, counts), fallback, used, n_readers, chance, (0.0, 1.0))


def one_shot_difference(merit: Merit) -> Estimate:
    """Mean of the first of two conditions less that of the second, readers and images random, by U-statistics.

    Parameters
    ----------
    merit : Merit
        Tests over two conditions, then readers: the same readers under both.

    Returns
    -------
    Estimate
        As `one_shot`, against no difference, over readers with a figure under both conditions.

    Raises
    ------
    ValueError
        If the number of tests is odd.
    """
    n_tests = len(merit.values)
    if n_tests % 2:
        raise ValueError(f"give two conditions with the same readers, got {n_tests} tests")
    tests = np.arange(n_tests).reshape(2, -1)
    tests = tests[:, ~np.isnan(merit.values[tests]).any(axis=0)]
    used, n_readers = merit.of(tests.ravel().tolist()), tests.shape[1]
    if n_readers < 2:
        return _too_few(used, NAN, n_readers)
    sums, counts = used.pair_sums()
    first, second = slice(0, n_readers), slice(n_readers, None)
    own, other, shared = (
        _variance(sums[..., x, y], counts[..., x, y]) for x, y in ((first, first), (second, second), (first, second))
    )
    value = _grand_mean(sums[..., first, first], counts[..., first, first])
    value -= _grand_mean(sums[..., second, second], counts[..., second, second])
    crossed = compare_conditions(used, n_conditions=2).differences[0].by_effects.readers_and_images
    return _estimate(value, own.minus_twice(shared, other), crossed.se, used, n_readers, 0.0, (-1.0, 1.0))


def one_shot_variance(merit: Merit) -> OneShotVariance:
    """The variance behind `one_shot`, before any fallback; every test needs a figure."""
    return _variance(*merit.pair_sums())


def unbiased_covariance(merit: Merit) -> FloatArray:
    """Covariances of tests over images by U-statistics, for use in `mean_of_readers` and its like.

    Parameters
    ----------
    merit : Merit
        As for `one_shot`.

    Returns
    -------
    ndarray of float, shape (n_tests, n_tests)
        In units of the figure squared, possibly negative on the diagonal; ``nan`` where a test has read one image
        of a class.

    References
    ----------
    Gallas (2006), Acad. Radiol. 13:353-362, the terms of one reader.
    """
    sums, counts = merit.pair_sums()
    moments, shares = _distinct_moments(sums, counts, sums.ndim - 2)
    last = (1,) * (sums.ndim - 2)
    shares[last] -= 1
    missing = (shares[last] <= -1) & np.eye(len(merit.values), dtype=bool)
    covariances: FloatArray = (moments * shares).sum(axis=tuple(range(sums.ndim - 2)))
    return np.where(missing, np.nan, covariances)


def _variance(sums: FloatArray, counts: FloatArray) -> OneShotVariance:
    """From the sums over pairs of tests of one pair of conditions; a test is a reader."""
    sums, counts = _with_readers(sums), _with_readers(counts)
    moments, shares = _distinct_moments(sums, counts, sums.ndim)
    with np.errstate(invalid="ignore", divide="ignore"):
        free = np.where(counts > 0, sums / counts, 0.0)
    last = (1,) * sums.ndim
    unknown = shares[last] <= 0
    shares[last] -= 1
    axes = range(sums.ndim)
    return OneShotVariance(
        NAN if unknown else float((shares * moments).sum()),
        NAN if unknown else float((shares * free).sum()),
        tuple(float(free[tuple(int(x != axis) for x in axes)] - free[last]) for axis in axes),
        tuple(_effective_df(float(np.take(shares, 0, axis=axis).sum())) for axis in axes),
    )


def _with_readers(sums: FloatArray) -> FloatArray:
    """Sum over pairs of readers: first the same reader, then any two."""
    return np.stack([np.trace(sums, axis1=-2, axis2=-1), sums.sum(axis=(-2, -1))])


def _distinct_moments(sums: FloatArray, counts: FloatArray, n_axes: int) -> tuple[FloatArray, FloatArray]:
    """Means over pairs that share or differ in each of the first indices, and their share among all pairs."""
    own_sums, own_counts = sums, counts
    for axis in range(n_axes):
        own_sums = np.moveaxis(np.tensordot(_DISTINCT, own_sums, axes=(1, axis)), 0, axis)
        own_counts = np.moveaxis(np.tensordot(_DISTINCT, own_counts, axes=(1, axis)), 0, axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        moments = np.where(own_counts > 0, own_sums / own_counts, 0.0)
        shares = np.nan_to_num(own_counts / counts[(1,) * n_axes])
    return moments, shares


def _effective_df(share: float) -> float:
    """Degrees of freedom of an index that two readings share with this probability."""
    return max(float(round(1 / share - 1)), 1.0) if share > 0 else math.inf


def _grand_mean(sums: FloatArray, counts: FloatArray) -> float:
    """Mean kernel value over all readings, from the squares of its sum and of their number."""
    last = (1,) * (sums.ndim - 2)
    return math.sqrt(float(sums[last].sum() / counts[last].sum()))


def _too_few(used: Merit, value: float, n_readers: int) -> Estimate:
    why = ONE_READER if n_readers else NO_READER
    return Estimate(value, NAN, NAN, images_read(used), Population.READERS_AND_IMAGES, why)


def _estimate(
    value: float,
    variance: OneShotVariance,
    model_error: float,
    used: Merit,
    n_readers: int,
    null: float,
    bounds: tuple[float, float],
) -> Estimate:
    taken, note = usable_variance(variance, model_error)
    spread = sum(effect**2 / df**3 for effect, df in zip(variance.main_effects, variance.dfs, strict=True))
    df = taken**2 / spread if spread > 0 and taken > 0 else math.inf
    df = max(df, min(variance.dfs))
    made = estimate_from(
        value,
        taken,
        float(np.floor(df)),
        n=images_read(used),
        population=Population.READERS_AND_IMAGES,
        null=null,
        bounds=bounds,
        why_none=TOO_FEW_IMAGES if math.isnan(taken) else NO_SPREAD,
        warning=" ".join(text for text in (note, few_readers_warning(n_readers)) if text),
    )
    return replace(made, df=df) if made.has_interval else made


def usable_variance(variance: OneShotVariance, model_error: float) -> tuple[float, str]:
    """The first variance that is not negative, and a warning where it is not the unbiased one."""
    if math.isnan(variance.unbiased) or variance.unbiased >= -ROUNDING:
        return variance.unbiased, ""
    if variance.biased > ROUNDING:
        return variance.biased, V_STATISTIC
    return model_error**2, BY_MODEL
