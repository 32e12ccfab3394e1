"""Train an experiment's cells one after the other; each is written once, so a killed run goes on with the others."""

import platform
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction

from generation.actions.ending import end_noted
from generation.actions.experiment_material import Material
from generation.actions.leasing import SECONDS_BETWEEN_REPORTS, lease_kept
from generation.experiments.choices import learning_from
from generation.experiments.grid import Arm, Cell, Grid
from generation.models import Experiment, ExperimentCell
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState

OnProgress = Callable[[Cell, int, int], None]
"""Told of the cell in training, its batches done and all of them, about once a second."""


def run_experiment(experiment_id: int, on_progress: OnProgress | None = None) -> None:
    """Take the experiment and train what it lacks; does nothing if another worker has it."""
    experiment = Experiment.objects.claim(experiment_id)
    if experiment is None:
        return
    with end_noted(experiment), lease_kept(experiment):
        train_cells(experiment, on_progress)
        finish(experiment)


def grid_of(experiment: Experiment) -> Grid:
    """What is crossed."""
    options = experiment.options
    arms = [Arm(arm) for arm in options["arms"]]
    return Grid(arms=arms, nets=options["nets"], numbers=options["numbers"], seeds=options["seeds"])


def missing_cells(experiment: Experiment) -> list[Cell]:
    """The cells that are not written yet, in their order."""
    done = set(experiment.cells.values_list("arm", "net", "n_real", "seed"))
    cells = grid_of(experiment).cells()
    return [cell for cell in cells if (str(cell.arm), cell.net, cell.n_real, cell.seed) not in done]


def train_cells(experiment: Experiment, on_progress: OnProgress | None) -> None:
    """Every cell that is missing."""
    missing = missing_cells(experiment)
    if not missing:
        return
    material = Material(experiment)
    for cell in missing:
        started, report = time.monotonic(), Report(experiment, cell, on_progress)
        values = material.trained(cell, learning_from(experiment.options["learning"]), report)
        write_cell(experiment, cell, material, values, time.monotonic() - started)


@transaction.atomic
def write_cell(
    experiment: Experiment, cell: Cell, material: Material, values: dict[str, dict[str, float]], seconds: float
) -> None:
    """The cell and the count of cells together, only by the worker that holds the experiment."""
    experiment.keep_lease(done=experiment.cells.count() + 1)
    learned_from = material.learned_from(cell)
    ExperimentCell.objects.create(
        experiment=experiment, arm=cell.arm, net=cell.net, n_real=cell.n_real, seed=cell.seed, values=values,
        n_synthetic=len(learned_from) - cell.n_real, learned_from=learned_from, seconds=seconds,
        versions=environment(),
    )  # fmt: skip


@transaction.atomic
def finish(experiment: Experiment) -> None:
    """All cells are there."""
    experiment.keep_lease(done=experiment.total)
    record_event(verb="finished an experiment", by=experiment.created_by, target=experiment, trainings=experiment.total)
    experiment.release(state=JobState.DONE)


def environment() -> dict[str, str]:
    """What besides the images and options may change the last bits of a value."""
    import monai  # keeps torch out of the web process
    import torch

    return {
        "torch": torch.__version__,
        "monai": monai.__version__,
        "device": f"{platform.machine()} processor, 1 thread",
    }


class Report:
    """Keeps the lease about once a second while a cell trains; raises to stop it."""

    def __init__(self, experiment: Experiment, cell: Cell, on_progress: OnProgress | None) -> None:
        self.experiment, self.cell, self.on_progress = experiment, cell, on_progress
        self.reported = float("-inf")

    def __call__(self, step: int, total: int) -> Any:
        """After every batch."""
        if time.monotonic() - self.reported < SECONDS_BETWEEN_REPORTS:
            return
        self.reported = time.monotonic()
        self.experiment.keep_lease()
        if self.on_progress:
            self.on_progress(self.cell, step, total)
