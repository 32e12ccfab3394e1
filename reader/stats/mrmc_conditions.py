"""Two or more conditions (generators, tasks) read by the same readers: one test of all, and every difference."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import chdtrc, fdtrc

from reader.stats.estimate import NAN, Estimate, Population
from reader.stats.mrmc import (
    NO_SPREAD,
    TOO_FEW_IMAGES,
    ByEffects,
    estimate_from,
    few_readers_warning,
    satterthwaite,
)
from reader.stats.mrmc_covariance import Covariance, images_read, jackknife_covariance
from reader.stats.mrmc_merits import Merit
from reader.stats.verdicts import FloatArray

NO_COMMON_READER = "Fewer than two readers have read enough under every condition."


@dataclass(frozen=True)
class FTest:
    """A test that no condition differs from another.

    Attributes
    ----------
    statistic : float
        F; ``nan`` where undefined, and then `reason` says why.
    df1, df2 : float
        Degrees of freedom; with ``df2 = inf`` the statistic times `df1` is chi-squared on `df1`.
    p : float
        The probability of a statistic at least this large were there no difference.
    """

    statistic: float
    df1: float
    df2: float
    p: float
    reason: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Difference:
    """Mean figure of condition `first` less that of `second`, over the same readers."""

    first: int
    second: int
    by_effects: ByEffects[Estimate]


@dataclass(frozen=True)
class CrossedComponents:
    """Obuchowski and Rockette's components of a crossed study, in units of the figure squared.

    `ms_conditions` and `ms_interaction` are mean squares of conditions and of readers by conditions; `var_error` is
    the variance of one figure over images; `cov1` that between conditions within a reader, `cov2` between readers
    within a condition, `cov3` between readers and conditions.
    """

    ms_conditions: float
    ms_interaction: float
    var_error: float
    cov1: float
    cov2: float
    cov3: float


@dataclass(frozen=True)
class ConditionsCompared:
    """Everything on two or more crossed conditions.

    Attributes
    ----------
    test : ByEffects of FTest
        Whether any condition differs.
    differences : tuple of Difference
        Every pair, first less second; not corrected for their number.
    components : CrossedComponents
        From the readers with a figure under every condition.
    left_out : tuple of int
        Readers without a figure under some condition, by column.
    """

    test: ByEffects[FTest]
    differences: tuple[Difference, ...]
    components: CrossedComponents
    left_out: tuple[int, ...]


def compare_conditions(
    merit: Merit, *, n_conditions: int, covariance: Covariance = jackknife_covariance
) -> ConditionsCompared:
    """Compare conditions that the same readers have read.

    Parameters
    ----------
    merit : Merit
        Tests over conditions, then readers, as `area_merit` makes them of scores (n_conditions, n_images,
        n_readers). Images need not be the same under all conditions: mark those of other conditions unread. With
        generators as conditions, the real images stand under each, the fakes under their own.
    n_conditions : int
        At least 2.
    covariance : callable
        As for `mean_of_readers`.

    Returns
    -------
    ConditionsCompared
        Undefined tests and differences carry a reason; those with three readers or fewer carry a warning.

    Raises
    ------
    ValueError
        If there are fewer than two conditions, or the tests are not a multiple of them.

    References
    ----------
    Obuchowski and Rockette (1995), Commun. Stat. Simul. Comput. 24:285-308.
    Hillis (2007), Stat. Med. 26:596-619: F and its degrees of freedom, with Cov2 - Cov3 not below 0.
    Hillis (2014), Stat. Med. 33:330-360: each of readers and images fixed.
    """
    n_tests = len(merit.values)
    if n_conditions < 2 or n_tests % n_conditions:
        raise ValueError(f"give two conditions or more, each with all readers: got {n_tests} tests, {n_conditions}")
    tests = np.arange(n_tests).reshape(n_conditions, -1)
    undefined = np.isnan(merit.values[tests]).any(axis=0)
    used = merit.of(tests[:, ~undefined].ravel().tolist()) if undefined.any() else merit
    return _compared(used, n_conditions, tuple(np.flatnonzero(undefined).tolist()), covariance)


def _compared(used: Merit, n_conditions: int, left_out: tuple[int, ...], covariance: Covariance) -> ConditionsCompared:
    """From the readers who have a figure under every condition."""
    figures = used.values.reshape(n_conditions, -1)
    parts = _components(figures, covariance(used)) if figures.shape[1] > 1 else CrossedComponents(*[NAN] * 6)
    errors = _errors(parts, figures.shape)
    differences = _differences(figures, errors, images_read(used))
    return ConditionsCompared(_tests(parts, errors, figures.shape), differences, parts, left_out)


@dataclass(frozen=True)
class _Error:
    """The denominator of F, and its degrees of freedom."""

    mean_square: float
    df: float


def _components(figures: FloatArray, covariances: FloatArray) -> CrossedComponents:
    """Mean squares of the figures (n_conditions, n_readers), and means of the covariances of each kind."""
    n_conditions, n_readers = figures.shape
    conditions, readers = np.divmod(np.arange(figures.size), n_readers)
    same_condition = conditions[:, None] == conditions
    same_reader = readers[:, None] == readers
    overall = figures.mean()
    of_conditions, of_readers = figures.mean(axis=1, keepdims=True), figures.mean(axis=0, keepdims=True)
    left = figures - of_conditions - of_readers + overall
    return CrossedComponents(
        float(n_readers * ((of_conditions - overall) ** 2).sum() / (n_conditions - 1)),
        float((left**2).sum() / ((n_conditions - 1) * (n_readers - 1))),
        float(covariances[same_condition & same_reader].mean()),
        float(covariances[~same_condition & same_reader].mean()),
        float(covariances[same_condition & ~same_reader].mean()),
        float(covariances[~same_condition & ~same_reader].mean()),
    )


def _errors(parts: CrossedComponents, shape: tuple[int, ...]) -> ByEffects[_Error]:
    """What the mean square of conditions is compared with, for each choice of what is a sample."""
    n_conditions, n_readers = shape
    df = (n_conditions - 1) * (n_readers - 1)
    # max(nan, 0.0) is nan, since nan comes first: what is unknown stays so.
    shared = n_readers * max(parts.cov2 - parts.cov3, 0.0)
    both = parts.ms_interaction + shared
    images = parts.var_error - parts.cov1 + (n_readers - 1) * max(parts.cov2 - parts.cov3, 0.0)
    return ByEffects(
        _Error(both, satterthwaite(both, parts.ms_interaction, df)),
        _Error(parts.ms_interaction, df),
        _Error(max(images, 0.0), math.inf),
    )


def _tests(parts: CrossedComponents, errors: ByEffects[_Error], shape: tuple[int, ...]) -> ByEffects[FTest]:
    n_conditions, n_readers = shape
    few = few_readers_warning(n_readers)
    return ByEffects(
        _f_test(parts.ms_conditions, n_conditions - 1, errors.readers_and_images, few),
        _f_test(parts.ms_conditions, n_conditions - 1, errors.readers, few),
        _f_test(parts.ms_conditions, n_conditions - 1, errors.images, ""),
    )


def _f_test(mean_square: float, df1: int, error: _Error, warning: str) -> FTest:
    if math.isnan(error.mean_square) or error.mean_square < 1e-18:
        return FTest(NAN, df1, NAN, NAN, _why_none(mean_square, error.mean_square), warning)
    statistic = mean_square / error.mean_square
    p = chdtrc(df1, statistic * df1) if math.isinf(error.df) else fdtrc(df1, error.df, statistic)
    return FTest(statistic, df1, error.df, float(p), "", warning)


def _differences(figures: FloatArray, errors: ByEffects[_Error], n_images: int) -> tuple[Difference, ...]:
    return tuple(
        Difference(first, second, _difference(figures, first, second, errors, n_images))
        for first, second in combinations(range(len(figures)), 2)
    )


def _difference(
    figures: FloatArray, first: int, second: int, errors: ByEffects[_Error], n_images: int
) -> ByEffects[Estimate]:
    n_readers = figures.shape[1]
    value = float(figures[first].mean() - figures[second].mean()) if n_readers else NAN

    def estimate(error: _Error, population: Population, warning: str) -> Estimate:
        return estimate_from(
            value if n_readers > 1 else NAN,
            2 / max(n_readers, 1) * error.mean_square,
            error.df,
            n=n_images,
            population=population,
            null=0.0,
            bounds=(-1.0, 1.0),
            why_none=_why_none(value if n_readers > 1 else NAN, error.mean_square),
            warning=warning,
        )

    few = few_readers_warning(n_readers)
    return ByEffects(
        estimate(errors.readers_and_images, Population.READERS_AND_IMAGES, few),
        estimate(errors.readers, Population.READERS_LIKE_THESE, few),
        estimate(errors.images, Population.THESE_READERS, ""),
    )


def _why_none(value: float, mean_square: float) -> str:
    if math.isnan(value):
        return NO_COMMON_READER
    return TOO_FEW_IMAGES if math.isnan(mean_square) else NO_SPREAD
