"""What a pilot says of the next study: the numbers that planning asks for, fitted to its readings."""

import math
from dataclasses import dataclass

from reader.reports.planning.grid import PER
from reader.stats.choice_rows import found_marks
from reader.stats.mrmc import MeanOfReaders, mean_of_readers
from reader.stats.mrmc_merits import area_merit, share_merit
from reader.stats.planning_mrmc import Assumed
from reader.stats.planning_simulation import fit_pilot
from reader.stats.readings import Readings

Numbers = dict[str, str]
NO_SPREAD = " It is too small to show how readers differ (SD 0): plan with 0.05 or more."


class PilotError(ValueError):
    """Readings that no plan can be fitted to; says what a pilot needs."""


@dataclass(frozen=True)
class Pilot:
    """Fields of the grid and, for verdicts, of the simulation; and in a sentence what they were fitted to."""

    grid: Numbers
    simulation: Numbers
    sentence: str


def pilot_of(data: Readings) -> Pilot:
    """Fit both models.

    Raises
    ------
    PilotError
        The truth is unknown, or too few readers have read too few images.
    """
    try:
        grid = grid_numbers(data)
        simulation = simulation_numbers(data) if data.is_fake is not None and data.are_verdicts else {}
    except ValueError as error:
        raise PilotError(f"This pilot cannot be used: {error}.") from error
    words = f"Fitted to a pilot of {len(data.readers)} readers on {len(data.images):,} images."
    unseen = NO_SPREAD if float(grid["reader_sd"]) == 0 else ""
    return Pilot(grid, simulation, f"{words} Its numbers are in the fields below; change what you doubt.{unseen}")


def grid_numbers(data: Readings) -> Numbers:
    """Components of the AUC, or of the share found where readers chose among several."""
    if data.right is not None:
        among = len([category for category in data.categories if category != "unsure"])
        return numbers_of(mean_of_readers(share_merit(found_marks(data)), chance=1 / among), data, "accuracy", among)
    if data.is_fake is None or not (data.are_verdicts or data.are_ratings):
        raise ValueError("it needs the truth of every image, and verdicts or ratings")
    numbers = numbers_of(mean_of_readers(area_merit(data.is_fake, data.scores), chance=0.5), data, "auc", 2)
    return numbers | {"fakes": f"{data.is_fake.mean():.3g}"}


def numbers_of(found: MeanOfReaders, data: Readings, figure: str, among: int) -> Numbers:
    """One pilot's mean, spread of readers, error and likeness, as the form takes them."""
    assumed = Assumed.of_pilot(found.components, len(data.images))
    value = found.mean.readers_and_images.value
    if math.isnan(value) or assumed.var_error == 0:
        raise ValueError("every reader and every image agree in it, so there is no error to plan with")
    return {
        "figure": figure,
        "expected": f"{value:.3f}",
        "among": str(among),
        "reader_sd": f"{assumed.var_readers**0.5:.4f}",
        "correlation": f"{assumed.cov2 / assumed.var_error:.3f}",
        "error_sd": f"{(assumed.var_error * assumed.n_images / PER) ** 0.5:.4f}",
    }


def simulation_numbers(data: Readings) -> Numbers:
    """The model of verdicts."""
    model = fit_pilot(data.is_fake, data.verdict_codes)  # type: ignore[arg-type]  # the caller knows the truth
    return {name: f"{getattr(model, name):.3f}" for name in vars(model)}
