"""How an experiment goes and what came out: each arm with intervals, and its differences from real images."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from generation.experiments.choices import CLASSIFIERS, SEGMENTERS
from generation.experiments.grid import Arm, Cell
from generation.experiments.intervals import Estimate
from generation.experiments.outcomes import ImageTested, Outcomes, Row, Trained
from generation.experiments.splitting import patients_of
from generation.models import Experiment, Split, TrainingRun
from generation.reports.experiment_plots import Plot
from generation.reports.training import in_words
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Origin

PATIENCE = timedelta(seconds=20)
NETS = {**SEGMENTERS, **CLASSIFIERS}
MEASURES = {"dice": "Dice", "iou": "IoU", "hd95": "HD95, % of the diagonal", "auc": "Area under the ROC curve"}
PLOTTED = ("dice", "hd95", "auc")
DECIMALS = {"hd95": 2}
PURPOSES = {
    Split.TRAIN: "to learn from", Split.VALIDATE: "to choose the epoch", Split.TEST: "to test on",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of the table, in words."""

    net: str
    arm: str
    against: str
    n_real: int
    n_synthetic: int
    n_seeds: int
    measure: str
    value: str
    over_patients: str
    over_seeds: str
    over_both: str
    is_told: bool

    @property
    def arm_in_words(self) -> str:
        """What was compared."""
        return f"{self.arm} less {self.against}" if self.against else self.arm


@dataclass(frozen=True)
class Summary:
    """All measures of one arm at one number of real images, each with its widest interval."""

    line: Line
    values: list[tuple[str, str, bool]]


class ExperimentReport:
    """What an experiment's page and its command show."""

    def __init__(self, experiment: Experiment) -> None:
        self.experiment = experiment

    @cached_property
    def outcomes(self) -> Outcomes:
        """Of the cells that are done."""
        fields = ("arm", "net", "n_real", "seed", "n_synthetic", "values")
        cells = self.experiment.cells.values_list(*fields)
        trained = [Trained(Cell(Arm(arm), net, n, seed), drawn, values) for arm, net, n, seed, drawn, values in cells]
        return Outcomes(trained, self.test_images)

    @cached_property
    def test_images(self) -> list[ImageTested]:
        """The images that every cell was tested on."""
        fields = ("image__token", "image__patient_key", "image__pixel_sha256", "label")
        rows = list(self.experiment.images.filter(split=Split.TEST).values_list(*fields))
        patients = patients_of([row[1] for row in rows], [row[2] for row in rows])
        return [ImageTested(str(row[0]), patient, row[3]) for row, patient in zip(rows, patients, strict=True)]

    @cached_property
    def rows(self) -> list[Row]:
        """Each arm's measures."""
        return self.outcomes.rows()

    @cached_property
    def differences(self) -> list[Row]:
        """Each arm less real images alone."""
        return self.outcomes.differences()

    @property
    def lines(self) -> list[Line]:
        """Each arm's measures in words."""
        return [line_of(row) for row in self.rows]

    @property
    def difference_lines(self) -> list[Line]:
        """The differences in words."""
        return [line_of(row) for row in self.differences]

    @property
    def measures(self) -> list[str]:
        """The tables' columns."""
        return [MEASURES[measure] for measure in self.outcomes.measures]

    @property
    def summaries(self) -> list[Summary]:
        """Each arm on a line."""
        return summed_up(self.lines)

    @property
    def difference_summaries(self) -> list[Summary]:
        """Each difference on a line."""
        return summed_up(self.difference_lines)

    @property
    def plots(self) -> list[Plot]:
        """Learning curves: one picture for each net and each plotted measure."""
        chosen: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if row.measure in PLOTTED:
                chosen.setdefault((row.net, row.measure), []).append(row)
        return [Plot(f"{NETS[net]}: {MEASURES[measure]}", rows) for (net, measure), rows in chosen.items()]

    @property
    def n_test_patients(self) -> int:
        """Of whom all intervals over patients speak."""
        return len({image.patient for image in self.test_images})

    @cached_property
    def counts(self) -> list[tuple[str, int, int]]:
        """Real images for each purpose: what for, images, patients or nobody known."""
        fields = ("split", "image__patient_key", "image__pixel_sha256")
        rows = list(self.experiment.images.filter(image__dataset__origin=Origin.REAL).values_list(*fields))
        patients = patients_of([row[1] for row in rows], [row[2] for row in rows])
        images = Counter(row[0] for row in rows)
        people = Counter(purpose for purpose, _ in {(row[0], who) for row, who in zip(rows, patients, strict=True)})
        return [(words, images[purpose], people[purpose]) for purpose, words in PURPOSES.items()]

    @cached_property
    def n_synthetic(self) -> int:
        """Synthetic images of all arms."""
        return self.experiment.images.filter(image__dataset__origin=Origin.SYNTHETIC).count()

    @property
    def is_stopping(self) -> bool:
        """Whether it was cancelled while a worker is at it."""
        return self.experiment.state == JobState.RUNNING and self.experiment.cancel_requested

    @property
    def can_resume(self) -> bool:
        """Whether it stopped early."""
        return self.experiment.state in (JobState.FAILED, JobState.CANCELLED)

    @property
    def has_no_worker(self) -> bool:
        """Whether it has waited for a while and no worker of its queue, which trainings share, does anything."""
        since = timezone.now() - PATIENCE
        if self.experiment.state != JobState.QUEUED or self.experiment.created_at >= since:
            return False
        return not any(jobs.objects.filter(heartbeat_at__gte=since).exists() for jobs in (Experiment, TrainingRun))

    @property
    def headline(self) -> str:
        """The answer to: is it done?"""
        if self.is_stopping:
            return "Stopping"
        words = {JobState.QUEUED: "Waiting for a worker", JobState.RUNNING: "Training", JobState.FAILED: "Stopped"}
        state = JobState(self.experiment.state)
        return words.get(state, state.label)

    @property
    def time_left(self) -> str:
        """At the pace of the trainings so far; empty while none is done."""
        experiment = self.experiment
        seconds = list(experiment.cells.values_list("seconds", flat=True))
        if not seconds or not experiment.is_open:
            return ""
        return in_words(sum(seconds) / len(seconds) * (experiment.total - len(seconds)))

    @property
    def environments(self) -> list[tuple[str, str]]:
        """What trained the nets, by name; several where it went on under other versions."""
        found: dict[str, list[str]] = {}
        for versions in self.experiment.cells.values_list("versions", flat=True):
            for name, value in versions.items():
                known = found.setdefault(name, [])
                if value not in known:
                    known.append(value)
        return [(name, "; then ".join(values)) for name, values in found.items()]

    @property
    def synthetic_others(self) -> str:
        """What synthetic images are told from; before one could say so, it was every other finding."""
        if not (self.experiment.finding and self.n_synthetic):
            return ""
        return self.experiment.options.get("synthetic_against") or "every other finding"

    @property
    def settings(self) -> list[tuple[str, Any]]:
        """Everything that decides the result, by name."""
        options, learning = self.experiment.options, self.experiment.options["learning"]
        chosen = {
            "nets": ", ".join(NETS[net] for net in options["nets"]),
            "seeds": ", ".join(map(str, options["seeds"])),
            "numbers of real images": ", ".join(map(str, options["numbers"])),
            "splits keep in proportion": ", ".join(options["stratify"]) or "nothing",
            "test images": ", ".join(options["test"]) or f"{options['test_share']:.0%} of the patients",
            "told from": options["against"] or ("every other finding" if self.experiment.finding else ""),
            "synthetic images call it": options["synthetic_finding"],
            "synthetic images are told from": self.synthetic_others,
            "split's seed": self.experiment.seed,
            **{name.replace("_", " "): value for name, value in learning.items()},
        }
        return [(name, value) for name, value in chosen.items() if value != ""]


def summed_up(lines: list[Line]) -> list[Summary]:
    """Measures of one point side by side; with one seed the interval is for patients, and says so."""
    points: dict[tuple[Any, ...], Summary] = {}
    for line in lines:
        summary = points.setdefault((line.net, line.arm, line.n_real), Summary(line, []))
        widest = line.over_both if line.over_both.startswith("[") else line.over_patients
        shown = widest if widest.startswith("[") else ""
        whose = " (patients)" if shown and shown != line.over_both else ""
        summary.values.append((line.value, shown + whose, line.is_told))
    return list(points.values())


def line_of(row: Row) -> Line:
    """A row in words."""
    places, whole = DECIMALS.get(row.measure, 3), row.over_both
    return Line(
        net=NETS[row.net],
        arm=str(row.arm),
        against=f"{row.against}, {row.against_n_real} real" if row.against else "",
        n_real=row.n_real,
        n_synthetic=row.n_synthetic,
        n_seeds=row.n_seeds,
        measure=MEASURES[row.measure],
        value=rounded(row.value, places),
        over_patients=interval(row.over_patients, places),
        over_seeds=interval(row.over_seeds, places),
        over_both=interval(whole, places),
        is_told=row.against is not None and (whole.is_above_zero or whole.is_below_zero),
    )


def interval(estimate: Estimate, places: int) -> str:
    """Both ends, or why there are none."""
    if math.isnan(estimate.low):
        return estimate.reason
    return f"[{rounded(estimate.low, places)}, {rounded(estimate.high, places)}]"


def rounded(value: float, places: int) -> str:
    """Never -0."""
    return f"{round(value, places) + 0.0:.{places}f}"
