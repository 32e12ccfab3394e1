"""Planning the primary test: its power by readers and images, from assumed components or a pilot's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, fdtri, ncfdtr, nctdtr, ndtr, ndtri, stdtrit

from reader.stats.estimate import UPPER_TAIL
from reader.stats.mrmc import Components, satterthwaite
from reader.stats.mrmc_conditions import CrossedComponents
from reader.stats.verdicts import FloatArray

AVERAGED = 2000
"""Points at which the error's own spread is averaged over where scipy's noncentral t gives out."""


@dataclass(frozen=True)
class Assumed:
    """Variance components of one condition, for studies of `n_images`, in units of the figure squared.

    Attributes
    ----------
    var_readers : float
        Variance of readers' true figures.
    var_error : float
        Variance of one reader's figure over images.
    cov2 : float
        Covariance of two readers' figures over images.
    n_images : int
        Images to which `var_error` and `cov2` belong; other sizes scale them by its inverse.
    """

    var_readers: float
    var_error: float
    cov2: float
    n_images: int

    def __post_init__(self) -> None:
        """Refuse components that no study can have."""
        if not 0 <= self.cov2 <= self.var_error or self.var_readers < 0 or self.n_images < 1:
            raise ValueError("components need 0 <= cov2 <= var_error, var_readers >= 0 and an image or more")

    @classmethod
    def of_pilot(cls, components: Components, n_images: int) -> "Assumed":
        """What a pilot of two readers or more has shown."""
        if math.isnan(components.ms_readers) or math.isnan(components.var_error):
            raise ValueError("a pilot needs at least two readers, and two images of each kind")
        cov2 = min(max(components.cov2, 0.0), components.var_error)
        return cls(components.var_readers, components.var_error, cov2, n_images)

    @classmethod
    def of_area(cls, area: float, *, fakes: int, reals: int, reader_sd: float, correlation: float) -> "Assumed":
        """From an expected AUC, without a pilot.

        Parameters
        ----------
        area : float
            Expected AUC, strictly between 0 and 1.
        fakes, reals : int
            Images of each kind, at least 1.
        reader_sd : float
            Standard deviation of readers' true AUCs.
        correlation : float
            How alike two readers err over images, 0 to 1; about 0.2 to 0.5 in published reader studies.

        References
        ----------
        Hanley and McNeil (1982), Radiology 143:29-36, eq. 1; Obuchowski (1995), Acad. Radiol. 2:522-529.
        """
        if not 0 < area < 1 or min(fakes, reals) < 1 or not 0 <= correlation <= 1:
            raise ValueError("give 0 < area < 1, an image or more of each kind and a correlation from 0 to 1")
        two_fakes, two_reals = area / (2 - area), 2 * area**2 / (1 + area)
        spread = area * (1 - area) + (fakes - 1) * (two_fakes - area**2) + (reals - 1) * (two_reals - area**2)
        var_error = spread / (fakes * reals)
        return cls(reader_sd**2, var_error, correlation * var_error, fakes + reals)


def power_against_chance(assumed: Assumed, *, effect: float, n_readers: int, n_images: int) -> float:
    """Power of `mean_of_readers` against chance at 5 %, readers and images random.

    Parameters
    ----------
    assumed : Assumed
        Variance components.
    effect : float
        True mean figure less chance.
    n_readers, n_images : int
        Readers, at least 2, each reading all images, at least 1.

    Returns
    -------
    float
        From the noncentral t distribution with Hillis' degrees of freedom at the expected mean squares.

    Raises
    ------
    ValueError
        If there are fewer than two readers or no image.

    References
    ----------
    Hillis, Obuchowski and Berbaum (2011), Acad. Radiol. 18:129-142; Hillis (2014), Stat. Med. 33:330-360.
    """
    if n_readers < 2 or n_images < 1:
        raise ValueError(f"give two readers or more and an image or more, got {n_readers} and {n_images}")
    scale = assumed.n_images / n_images
    of_readers = (assumed.var_readers + (assumed.var_error - assumed.cov2) * scale) / n_readers
    variance = of_readers + assumed.cov2 * scale
    if variance == 0:
        return float(effect != 0)
    return _two_sided_power(effect / math.sqrt(variance), satterthwaite(variance, of_readers, n_readers - 1))


def power_grid(assumed: Assumed, *, effect: float, readers: Sequence[int], images: Sequence[int]) -> FloatArray:
    """`power_against_chance` for each number of readers (rows) and of images (columns)."""
    return np.array(
        [
            [power_against_chance(assumed, effect=effect, n_readers=one, n_images=many) for many in images]
            for one in readers
        ]
    )


def power_between_conditions(
    pilot: CrossedComponents, *, pilot_images: int, difference: float, n_readers: int, n_images: int
) -> float:
    """Power of `compare_conditions` for two conditions at 5 %, readers and images random.

    Parameters
    ----------
    pilot : CrossedComponents
        A pilot's components, two readers or more.
    pilot_images : int
        Images of that pilot.
    difference : float
        True difference of the two means.
    n_readers, n_images : int
        Of the study planned: at least 2 readers, an image or more.

    Returns
    -------
    float
        From the noncentral F distribution.

    Raises
    ------
    ValueError
        If the pilot has no components or a number is below its least.

    References
    ----------
    Hillis, Obuchowski and Berbaum (2011), Acad. Radiol. 18:129-142.
    """
    if math.isnan(pilot.ms_interaction) or math.isnan(pilot.var_error):
        raise ValueError("a pilot needs at least two readers, and two images of each kind")
    if n_readers < 2 or n_images < 1 or pilot_images < 1:
        raise ValueError("give two readers or more and an image or more")
    scale, shared = pilot_images / n_images, max(pilot.cov2 - pilot.cov3, 0.0)
    own = pilot.var_error - pilot.cov1 - shared
    interaction = max(pilot.ms_interaction - own, 0.0) + max(own, 0.0) * scale
    error = interaction + n_readers * shared * scale
    if error == 0:
        return float(difference != 0)
    df = satterthwaite(error, interaction, n_readers - 1)
    noncentrality = n_readers * difference**2 / (2 * error)
    if math.isinf(df):
        return _two_sided_power(math.sqrt(noncentrality), df)
    critical = fdtri(1, df, 2 * UPPER_TAIL - 1)
    return 1 - float(ncfdtr(1, df, noncentrality, critical))


def _two_sided_power(distance: float, df: float) -> float:
    """Chance that a noncentral t leaves the central one's 95 %."""
    if math.isinf(df):
        critical = float(ndtri(UPPER_TAIL))
        return float(ndtr(distance - critical) + ndtr(-distance - critical))
    critical = float(stdtrit(df, UPPER_TAIL))
    inside = float(nctdtr(df, distance, critical) - nctdtr(df, distance, -critical))
    if math.isnan(inside):  # scipy has no noncentral t far out: average the normal over the error's own spread
        shares = (np.arange(AVERAGED) + 0.5) / AVERAGED
        cuts = critical * np.sqrt(chdtri(df, 1 - shares) / df)
        inside = float((ndtr(cuts - distance) - ndtr(-cuts - distance)).mean())
    return 1 - inside
