"""A measure over test images and seeds, with an interval for each population that one may mean. No torch here."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from generation.experiments.areas import Matrix, Placements, area_variance

CONFIDENCE = 0.95
RESAMPLES = 2000
NAN = float("nan")


class Population(StrEnum):
    """About whom an interval speaks: what is held fixed, and what counts as a sample of more like it."""

    PATIENTS = "patients like these, these trained nets"
    SEEDS = "these patients, nets trained like these"
    BOTH = "patients like these, nets trained like these"


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds with its 95 % interval; where there is none, `low` and `high` are nan and `reason` says why."""

    value: float
    low: float
    high: float
    population: Population
    reason: str = ""

    @property
    def is_above_zero(self) -> bool:
        """Whether the whole interval is."""
        return self.low > 0

    @property
    def is_below_zero(self) -> bool:
        """Whether the whole interval is."""
        return self.high < 0


ONE_SEED = "One seed says nothing of how nets vary; train with more."
ONE_PATIENT = "It takes two test patients of each kind."
NO_SPREAD = "Nothing varies here (all perfect, or all alike), so there is no interval."


@dataclass(frozen=True)
class Measured:
    """One measure of one arm, or the difference between two.

    Attributes
    ----------
    of_images : ndarray of float, shape (n_seeds, n_images)
        The measure of each test image; for areas, its placement.
    patients : ndarray of int, shape (n_images,)
        Whose image each is, from 0.
    labels : ndarray of bool or None
        For areas, which images have the finding; None for measures that are means over patients.
    least, most : float
        What the measure can be; intervals end there.
    """

    of_images: Matrix
    patients: NDArray[np.int64]
    labels: NDArray[np.bool_] | None = None
    least: float = 0.0
    most: float = 1.0

    def minus(self, other: "Measured") -> "Measured":
        """The difference, seed by seed and image by image."""
        apart = self.most - self.least
        return replace(self, of_images=self.of_images - other.of_images, least=-apart, most=apart)

    @cached_property
    def of_patients(self) -> Matrix:
        """The mean of each patient's images, so that a patient with many counts once, shape (n_seeds, n_patients)."""
        counts = np.bincount(self.patients)
        return np.stack([np.bincount(self.patients, row) / counts for row in self.of_images])

    @cached_property
    def of_seeds(self) -> Matrix:
        """The measure of each seed."""
        chosen = self.of_patients if self.labels is None else self.of_images[:, self.labels]
        return np.asarray(chosen.mean(axis=1))

    @property
    def value(self) -> float:
        """The mean over seeds."""
        return float(self.of_seeds.mean())

    def over_patients(self) -> Estimate:
        """For more patients like these: DeLong's for areas, else percentiles of the bootstrap over patients.

        References
        ----------
        DeLong et al. (1988) and Obuchowski (1997): see `area_variance`.
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
        """
        if not self._patient_error > 1e-9:
            return self._without(Population.PATIENTS)
        if self.labels is not None:
            return self._around(self._patient_error, math.inf, Population.PATIENTS)
        low, high = np.quantile(self._resampled, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)).tolist()
        return Estimate(self.value, low, high, Population.PATIENTS)

    def over_seeds(self) -> Estimate:
        """For more nets trained like these: Student's, since three to ten seeds are too few to resample."""
        if not self._seed_error > 1e-9:
            return self._without(Population.SEEDS)
        return self._around(self._seed_error, len(self.of_seeds) - 1, Population.SEEDS)

    def over_both(self) -> Estimate:
        """For both at once, so never narrower than either: half widths added as squares.

        Both errors hold a share of what patients and nets do together, which is thus counted twice: conservative.

        References
        ----------
        Zou and Donner (2008), Stat. Med. 27:1693-1702: intervals of a sum from its parts' own.
        """
        if not (self._patient_error > 1e-9 and self._seed_error > 1e-9):
            return self._without(Population.BOTH)
        parts = self.over_patients(), self.over_seeds()
        down = math.hypot(*(part.value - part.low for part in parts))
        up = math.hypot(*(part.high - part.value for part in parts))
        return self._within(self.value - down, self.value + up, Population.BOTH)

    @property
    def n_patients(self) -> int:
        """Test patients."""
        return int(self.patients.max()) + 1

    @cached_property
    def _patient_error(self) -> float:
        if self.labels is not None:
            placed = Placements(self.of_images.mean(axis=0), self.labels)
            return math.sqrt(max(0.0, area_variance(placed, self.patients)))
        return float(self._resampled.std(ddof=1)) if self.n_patients > 1 else NAN

    @cached_property
    def _resampled(self) -> Matrix:
        return np.asarray(copies(self.n_patients) @ self.of_patients.mean(axis=0) / self.n_patients)

    @property
    def _seed_error(self) -> float:
        n = len(self.of_seeds)
        return float(self.of_seeds.std(ddof=1)) / math.sqrt(n) if n > 1 else NAN

    def _around(self, error: float, degrees: float, population: Population) -> Estimate:
        half = float(stdtrit(degrees, (1 + CONFIDENCE) / 2)) * error
        return self._within(self.value - half, self.value + half, population)

    def _within(self, low: float, high: float, population: Population) -> Estimate:
        return Estimate(self.value, max(low, self.least), min(high, self.most), population)

    def _without(self, population: Population) -> Estimate:
        reason = NO_SPREAD
        if population != Population.PATIENTS and len(self.of_seeds) < 2:
            reason = ONE_SEED
        elif population != Population.SEEDS and math.isnan(self._patient_error):
            reason = ONE_PATIENT
        return Estimate(self.value, NAN, NAN, population, reason)


@cache
def copies(n: int) -> Matrix:
    """How often each of `n` patients is drawn, in every resample; the same each time, so that arms share them."""
    drawn = np.random.default_rng(n).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    return drawn.astype(float)
