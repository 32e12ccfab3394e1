"""The primary test: the mean of readers who are a sample, over images that are a sample (Obuchowski-Rockette)."""

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from scipy.special import stdtr, stdtrit

from reader.stats.estimate import NAN, UPPER_TAIL, Estimate, Population
from reader.stats.mrmc_covariance import Covariance, images_read, jackknife_covariance
from reader.stats.mrmc_merits import Merit
from reader.stats.verdicts import FloatArray

T = TypeVar("T")

FEW_READERS = "With three readers or fewer this test finds an effect too often; have more readers read."
NO_READER = "No reader has read enough for this figure."
ONE_READER = "One reader says nothing on how readers differ, so there is no interval for readers like these."
TOO_FEW_IMAGES = "A reader has read a single image of some class, so the images' share of the error is unknown."
NO_SPREAD = "Every reader and every image agree here (all perfect or all alike), so there is no error to estimate."


@dataclass(frozen=True)
class ByEffects(Generic[T]):
    """One analysis for each choice of what is a sample.

    Attributes
    ----------
    readers_and_images
        Random readers, random images: the primary one, about readers like these on images like these.
    readers
        Random readers, these images.
    images
        These readers, random images.
    """

    readers_and_images: T
    readers: T
    images: T


@dataclass(frozen=True)
class Components:
    """Obuchowski and Rockette's error components of one condition, in units of the figure squared.

    Attributes
    ----------
    ms_readers : float
        Variance of the readers' figures; ``nan`` for one reader.
    var_error : float
        Variance of one reader's figure over images.
    cov2 : float
        Covariance of two readers' figures over images; ``nan`` for one reader.
    """

    ms_readers: float
    var_error: float
    cov2: float

    @property
    def var_readers(self) -> float:
        """Variance between readers beyond what images explain, at least 0."""
        return max(self.ms_readers - self.var_error + max(self.cov2, 0.0), 0.0)


@dataclass(frozen=True)
class MeanOfReaders:
    """The mean figure over readers with its intervals, and what they were made from.

    Attributes
    ----------
    mean : ByEffects of Estimate
        `p` tests against `chance`, by the same error and degrees of freedom as the interval.
    by_reader : ndarray of float, shape (n_readers,)
        Each reader's figure, ``nan`` for those left out.
    left_out : tuple of int
        Readers without a figure, by column: they read no image of some class.
    components : Components
        For planning a next study.
    """

    mean: ByEffects[Estimate]
    by_reader: FloatArray
    left_out: tuple[int, ...]
    components: Components

    @property
    def n_readers(self) -> int:
        """Readers behind the mean."""
        return len(self.by_reader) - len(self.left_out)


def mean_of_readers(
    merit: Merit, *, chance: float = NAN, covariance: Covariance = jackknife_covariance
) -> MeanOfReaders:
    """Mean figure over readers under one condition, with intervals, tested against chance.

    Parameters
    ----------
    merit : Merit
        One test per reader, from `area_merit` and its like. Images may be unread.
    chance : float
        What guessing gives: 0.5 for AUC, balanced accuracy and half-credit accuracy; ``nan`` for no test.
    covariance : callable
        `jackknife_covariance`, `delong_covariance`, `unbiased_covariance`, or a bootstrap with its seed bound.

    Returns
    -------
    MeanOfReaders
        Each interval is Student's with Hillis' degrees of freedom, cut at 0 and 1; `n` counts images. For random
        readers there is none with one reader; there is none where the error is 0 or cannot be estimated. A warning
        stands where three readers or fewer are taken as a sample.

    References
    ----------
    Obuchowski and Rockette (1995), Commun. Stat. Simul. Comput. 24:285-308.
    Hillis (2007), Stat. Med. 26:596-619, eq. 22: degrees of freedom; Hillis (2014), Stat. Med. 33:330-360, sect. 4:
    one condition.
    """
    kept = np.flatnonzero(~np.isnan(merit.values))
    left_out = tuple(int(reader) for reader in np.flatnonzero(np.isnan(merit.values)))
    used = merit.of(kept.tolist()) if left_out else merit
    components = components_of(used.values, covariance(used))
    mean = float(used.values.mean()) if len(kept) else NAN
    estimates = _by_effects(mean, components, n_readers=len(kept), n_images=images_read(used), chance=chance)
    return MeanOfReaders(estimates, merit.values, left_out, components)


def components_of(values: FloatArray, covariances: FloatArray) -> Components:
    """Mean square of readers, and mean variance and covariance over images; ``nan`` where there are too few."""
    n = len(values)
    if n == 0:
        return Components(NAN, NAN, NAN)
    total, own = float(covariances.sum()), float(np.trace(covariances))
    if n == 1:
        return Components(NAN, own, NAN)
    return Components(float(values.var(ddof=1)), own / n, (total - own) / (n * (n - 1)))


def estimate_from(
    value: float,
    variance: float,
    df: float,
    *,
    n: int,
    population: Population,
    null: float,
    bounds: tuple[float, float],
    why_none: str,
    warning: str = "",
) -> Estimate:
    """An estimate with Student's interval cut at `bounds` and the test against `null`, or `why_none` without them."""
    if math.isnan(value) or math.isnan(variance) or variance < 1e-18:
        error = 0.0 if variance < 1e-18 else NAN
        return Estimate(value, NAN, NAN, n, population, why_none, se=error, warning=warning)
    error = variance**0.5
    half = float(stdtrit(df, UPPER_TAIL)) * error
    p = 2 * float(stdtr(df, -abs(value - null) / error))
    low, high = max(bounds[0], value - half), min(bounds[1], value + half)
    return Estimate(value, low, high, n, population, se=error, p=p, df=df, warning=warning)


def satterthwaite(variance: float, reader_variance: float, df_readers: float) -> float:
    """Degrees of freedom of a variance of which `reader_variance` is estimated on `df_readers` and the rest known."""
    return math.inf if reader_variance == 0 else df_readers * (variance / reader_variance) ** 2


def few_readers_warning(n_readers: int) -> str:
    """The warning that stands beside tests on three readers or fewer."""
    return FEW_READERS if n_readers <= 3 else ""


def _by_effects(mean: float, parts: Components, *, n_readers: int, n_images: int, chance: float) -> ByEffects[Estimate]:
    def estimate(variance: float, df: float, population: Population, why: str, warning: str) -> Estimate:
        return estimate_from(
            mean,
            variance,
            df,
            n=n_images,
            population=population,
            null=chance,
            bounds=(0.0, 1.0),
            why_none=why,
            warning=warning,
        )

    warning = few_readers_warning(n_readers)
    of_readers = parts.ms_readers / max(n_readers, 1)
    # max(nan, 0.0) keeps nan because it comes first: with one reader, or one image of a class, nothing is known.
    both = of_readers + max(parts.cov2, 0.0)
    images = parts.var_error if n_readers == 1 else (parts.var_error + (n_readers - 1) * parts.cov2) / max(n_readers, 1)
    why_readers = _why_none(n_readers, images, over_readers=True)
    why_images = _why_none(n_readers, images, over_readers=False)
    return ByEffects(
        estimate(
            both,
            satterthwaite(both, of_readers, n_readers - 1),
            Population.READERS_AND_IMAGES,
            why_readers,
            warning,
        ),
        estimate(of_readers, n_readers - 1, Population.READERS_LIKE_THESE, why_readers, warning),
        estimate(max(images, 0.0), math.inf, Population.THESE_READERS, why_images, ""),
    )


def _why_none(n_readers: int, image_variance: float, *, over_readers: bool) -> str:
    if n_readers == 0:
        return NO_READER
    if n_readers == 1 and over_readers:
        return ONE_READER
    return TOO_FEW_IMAGES if math.isnan(image_variance) else NO_SPREAD
