"""Planning by simulation: a model of verdicts fitted to a pilot, and the primary test run on studies drawn from it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from reader.stats.mrmc import mean_of_readers
from reader.stats.mrmc_merits import area_merit
from reader.stats.proportions import wilson_interval
from reader.stats.unsure import suspicion
from reader.stats.verdicts import FAKE, MISSING, REAL, UNSURE, VERDICTS, FloatArray, IntArray

MOST_ALIKE = 0.95
"""Readers are never assumed to see an image more alike than this."""


@dataclass(frozen=True)
class VerdictModel:
    """How readers come to verdicts: an impression of each image on a normal scale, cut at two criteria.

    Attributes
    ----------
    d_prime, d_prime_sd : float
        Mean over readers of the distance between fake and real impressions, and its standard deviation, in standard
        deviations of one reader's impressions.
    low, high : float
        Mean criteria, same unit, 0 midway between fake and real: *real* below `low`, *fake* above `high`.
    lean_sd : float
        Standard deviation over readers of a shift of both criteria.
    alike : float
        Correlation of two readers' impressions of images of one truth, 0 to 0.95.
    """

    d_prime: float
    d_prime_sd: float
    low: float
    high: float
    lean_sd: float
    alike: float

    def __post_init__(self) -> None:
        """Refuse a model that cannot be drawn from."""
        if min(self.d_prime_sd, self.lean_sd) < 0 or not 0 <= self.alike <= MOST_ALIKE or self.low > self.high:
            raise ValueError("a model needs spreads of 0 or more, 0 <= alike <= 0.95 and low <= high")


@dataclass(frozen=True)
class SimulatedPower:
    """Share of drawn studies whose primary test came out at or below 0.05, with Wilson's interval over the runs."""

    power: float
    low: float
    high: float
    runs: int
    mean_area: float


def draw_study(model: VerdictModel, is_fake: ArrayLike, n_readers: int, rng: np.random.Generator) -> IntArray:
    """One study's verdicts.

    Parameters
    ----------
    model : VerdictModel
        Where verdicts come from.
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    n_readers : int
        Readers, new ones for each study.
    rng : numpy.random.Generator
        Decides everything.

    Returns
    -------
    ndarray of int, shape (n_images, n_readers)
        Codes of `VERDICTS`, none missing.

    References
    ----------
    Roe and Metz (1997), Acad. Radiol. 4:298-303: readers, images and their errors as normal effects.
    """
    side = np.where(np.asarray(is_fake, dtype=bool), 0.5, -0.5)[:, None]
    distance = rng.normal(model.d_prime, model.d_prime_sd, n_readers)
    shift = rng.normal(0.0, model.lean_sd, n_readers)
    shared = rng.normal(size=(len(side), 1)) * math.sqrt(model.alike)
    impression = side * distance + shared + rng.normal(size=(len(side), n_readers)) * math.sqrt(1 - model.alike)
    return np.where(
        impression > model.high + shift, FAKE, np.where(impression < model.low + shift, REAL, UNSURE)
    ).astype(np.int64)


def fit_pilot(is_fake: ArrayLike, codes: ArrayLike) -> VerdictModel:
    """A model with the pilot's mean accuracy, lean, share of unsure, spread of readers and likeness of readers.

    Parameters
    ----------
    is_fake : array_like of bool, shape (n_images,)
        Whether each image is synthetic.
    codes : array_like of int, shape (n_images, n_readers)
        Verdicts as codes of `VERDICTS`, or `MISSING`.

    Returns
    -------
    VerdictModel
        By moments. Spreads are what is left of the readers' variance after that of their own errors, not below 0.

    Raises
    ------
    ValueError
        If a code is strange, or fewer than two readers have read two fakes and two reals.

    References
    ----------
    Macmillan and Creelman (2005), Detection Theory, 2nd ed., ch. 3: criteria of a rating scale; log-linear rates.
    Sheppard (1899), Phil. Trans. R. Soc. A 192:101-167: the correlation behind that of two halves.
    """
    truth, said = np.asarray(is_fake).astype(bool), np.asarray(codes)
    if said.ndim != 2 or truth.shape != said.shape[:1] or not np.isin(said, (MISSING, *range(len(VERDICTS)))).all():
        raise ValueError("give one truth per image and codes of shape (n_images, n_readers)")
    enough = ((said[truth] != MISSING).sum(axis=0) > 1) & ((said[~truth] != MISSING).sum(axis=0) > 1)
    if enough.sum() < 2:
        raise ValueError("a pilot needs two readers or more who each read two fakes and two reals")
    said = said[:, enough]
    cuts = [_cut(truth, said, below) for below in (FAKE, UNSURE)]
    distance = np.mean([cut.distance for cut in cuts], axis=0)
    criterion = np.mean([cut.criterion for cut in cuts], axis=0)
    noise = float(np.mean([cut.noise for cut in cuts]))
    high, low = (float(cut.criterion.mean()) for cut in cuts)
    return VerdictModel(
        d_prime=float(distance.mean()),
        d_prime_sd=_beyond(distance, noise),
        low=min(low, high),
        high=high,
        lean_sd=_beyond(criterion, noise / 4),
        alike=_likeness(truth, said),
    )


def simulated_power(
    model: VerdictModel, *, n_readers: int, fakes: int, reals: int, runs: int, rng: np.random.Generator
) -> SimulatedPower:
    """Power of the primary test (3-level AUC against 0.5, readers and images random) on studies drawn from a model.

    Parameters
    ----------
    model : VerdictModel
        From `fit_pilot`, or assumed.
    n_readers, fakes, reals : int
        Of the study planned: at least two of each.
    runs : int
        Studies drawn, at least 1.
    rng : numpy.random.Generator
        Decides everything.

    Returns
    -------
    SimulatedPower
        A study without a defined test counts as one that found nothing.

    Raises
    ------
    ValueError
        If a number is below its least.
    """
    if min(n_readers, fakes, reals) < 2 or runs < 1:
        raise ValueError("a simulation needs two readers, two fakes, two reals and one run or more")
    truth = np.arange(fakes + reals) < fakes
    found, areas = 0, 0.0
    for _ in range(runs):
        study = draw_study(model, truth, n_readers, rng)
        made = mean_of_readers(area_merit(truth, suspicion(study)), chance=0.5).mean.readers_and_images
        found += made.p <= 0.05
        areas += made.value
    low, high = wilson_interval(int(found), runs)
    return SimulatedPower(found / runs, low, high, runs, areas / runs)


@dataclass(frozen=True)
class _Cut:
    """Each reader's d' and criterion at one cut of the scale, and the mean error variance of d'."""

    distance: FloatArray
    criterion: FloatArray
    noise: float


def _cut(truth: np.ndarray[tuple[int], np.dtype[np.bool_]], said: IntArray, last: int) -> _Cut:
    """At the cut after category `last`: FAKE parts fake from the rest, UNSURE parts real from the rest."""
    quantiles, variances = [], []
    for rows in (said[truth], said[~truth]):
        n = (rows != MISSING).sum(axis=0)
        share = (((rows != MISSING) & (rows <= last)).sum(axis=0) + 0.5) / (n + 1)
        z = ndtri(share)
        quantiles.append(z)
        variances.append(share * (1 - share) * 2 * math.pi * np.exp(z**2) / n)
    return _Cut(quantiles[0] - quantiles[1], -(quantiles[0] + quantiles[1]) / 2, float(np.mean(sum(variances))))


def _beyond(values: FloatArray, noise: float) -> float:
    return math.sqrt(max(float(values.var(ddof=1)) - noise, 0.0))


def _likeness(truth: np.ndarray[tuple[int], np.dtype[np.bool_]], said: IntArray) -> float:
    """Correlation of impressions from the mean correlation of readers' fake-or-not within a truth."""
    products = squares = 0.0
    for rows in (said[truth], said[~truth]):
        known = (rows != MISSING).astype(float)
        fake = (rows == FAKE).astype(float)
        residual = (fake - fake.sum(axis=0) / known.sum(axis=0)) * known
        covariance, shared = residual.T @ residual, known.T @ known
        spread = np.sqrt(np.outer(np.diag(covariance) / np.diag(shared), np.diag(covariance) / np.diag(shared)))
        apart = ~np.eye(len(shared), dtype=bool)
        products += float(covariance[apart].sum())
        squares += float((spread * shared)[apart].sum())
    if squares == 0:
        return 0.0
    return float(np.clip(math.sin(math.pi / 2 * products / squares), 0.0, MOST_ALIKE))
