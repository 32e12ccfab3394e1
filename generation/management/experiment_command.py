"""What `manage.py segmentation_study` and `manage.py classification_study` share: options, progress, table and CSV."""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation.actions.experiment_orders import STRATA, ExperimentError, ExperimentOrder
from generation.actions.experiment_queueing import queue_experiment, resume_experiment
from generation.actions.experiment_running import run_experiment
from generation.experiments.choices import Learning
from generation.experiments.grid import Arm, Cell, Grid
from generation.exports.experiment_table import table_csv
from generation.models import Experiment
from generation.reports.experiments import ExperimentReport, Line
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset

LEARNING = {"size": int, "width": int, "batch": int, "rate": float, "rounds": int, "steps": int}
ARM_NAMES = {"real": Arm.REAL, "both": Arm.BOTH, "synthetic": Arm.SYNTHETIC, "ten": Arm.FROM_TEN}
DATASETS = {"real": "real images", "test": "of these, all test", "synthetic": "synthetic images to learn from"}
BAR = 24


class ExperimentCommand(BaseCommand):
    """Options to an order, an order to an experiment, the experiment to its end, a table and a CSV."""

    kind: ClassVar[Experiment.Kind]
    nets: ClassVar[Mapping[str, str]]
    learning: ClassVar[Learning]
    arms: ClassVar[tuple[str, ...]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which images, what is crossed, how each net is trained; left out, numbers are those of a fresh form."""
        parser.add_argument("--name", required=True, help="of the experiment")
        parser.add_argument("--resume", action="store_true", help="go on with the unfinished experiment of this name")
        parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write the table with all intervals there")
        for option, what in (
            ("real", "real"),
            ("test", "among the real: test on all of it"),
            ("synthetic", "synthetic"),
        ):
            parser.add_argument(f"--{option}", action="append", default=[], metavar="DATASET", help=f"{what} (repeat)")
        parser.add_argument("--arms", default="real", help=f"with commas, of: {', '.join(self.arms)} (default: real)")
        parser.add_argument("--nets", default=next(iter(self.nets)), help=f"with commas, of: {', '.join(self.nets)}")
        parser.add_argument("--numbers", default="10,20,40,80", help="of real images (default: 10,20,40,80), and all")
        parser.add_argument("--seeds", type=int, default=3, help="nets for each point (default: 3)")
        parser.add_argument("--first-seed", type=int, default=0)
        parser.add_argument("--test-share", type=float, default=0.3, help="of the patients (default: 0.3)")
        parser.add_argument("--validate-share", type=float, default=0.15, help="of the patients (default: 0.15)")
        parser.add_argument("--split-seed", type=int, default=0, help="of who trains and who tests (default: 0)")
        parser.add_argument("--stratify", default="dataset", help=f"with commas, of: {', '.join(STRATA)}, or none")
        parser.add_argument("--most-synthetic", type=int, help="at most so many synthetic images")
        for name, type_ in LEARNING.items():
            parser.add_argument(f"--{name}", type=type_, default=getattr(self.learning, name))

    def handle(self, *_: Any, **options: Any) -> None:
        """Train what is missing, print the table, write the CSV."""
        try:
            experiment = self.stopped(options["name"]) if options["resume"] else self.queued(options)
        except ExperimentError as exc:
            raise CommandError(str(exc)) from exc
        for sentence in experiment.options["cautions"]:
            self.stderr.write(self.style.WARNING(sentence))
        try:
            run_experiment(experiment.pk, lambda cell, step, total: self.tell(experiment, cell, step, total))
        except KeyboardInterrupt:
            Experiment.objects.filter(pk=experiment.pk).update(state=JobState.CANCELLED)
            raise CommandError(f"Stopped; go on with: --name '{experiment.name}' --resume") from None
        self.stderr.write("")
        self.say_what_came_out(experiment, options["out"])

    def queued(self, options: dict[str, Any]) -> Experiment:
        """Queued as the page does; this process takes it before any worker is told."""
        return queue_experiment(order=self.order(options), request_key=uuid4(), by=None)

    def order(self, options: dict[str, Any]) -> ExperimentOrder:
        """What the options ask for."""
        first, known = options["first_seed"], set(self.arms)
        if stray := [arm for arm in listed(options["arms"]) if arm not in known]:
            raise CommandError(f"No arm is called “{stray[0]}”; there are {', '.join(self.arms)}.")
        if stray := [name for name in listed(options["stratify"]) if name not in {*STRATA, "none"}]:
            raise CommandError(f"Splits cannot keep “{stray[0]}” in proportion; there are {', '.join(STRATA)}.")
        real, test, synthetic = ([dataset_named(one) for one in options[name]] for name in DATASETS)
        return ExperimentOrder(
            name=options["name"],
            kind=self.kind,
            real=real,
            test=test,
            synthetic=synthetic,
            grid=Grid(
                arms=[ARM_NAMES[arm] for arm in self.arms if arm in listed(options["arms"])],
                nets=listed(options["nets"]),
                numbers=[whole(number) for number in listed(options["numbers"])],
                seeds=range(first, first + options["seeds"]),
            ),
            learning=replace(self.learning, **{name: options[name] for name in LEARNING}),
            stratify=[name for name in listed(options["stratify"]) if name != "none"],
            most_synthetic=options["most_synthetic"],
            test_share=options["test_share"],
            validate_share=options["validate_share"],
            seed=options["split_seed"],
        )

    def stopped(self, name: str) -> Experiment:
        """The newest experiment of this name that is not done, waiting again."""
        experiment = Experiment.objects.filter(name=name, kind=self.kind).exclude(state=JobState.DONE).first()
        if experiment is None:
            raise CommandError(f"No unfinished experiment is called “{name}”; leave --resume out.")
        if not experiment.is_open:
            resume_experiment(experiment=experiment, by=None)
        elif not Experiment.objects.claimable().filter(pk=experiment.pk).exists():
            raise CommandError(
                f"A worker trains “{name}” now: see its page, or cancel it there first. If that process was killed, it "
                f"is let go {settings.LEASE_SECONDS} seconds after."
            )
        return experiment

    def tell(self, experiment: Experiment, cell: Cell, step: int, total: int) -> None:
        """Over the line before."""
        experiment.refresh_from_db(fields=["state", "done"])
        filled = round(BAR * (experiment.done + step / total) / experiment.total)
        left = ExperimentReport(experiment).time_left or "?"
        what = f"{cell.arm}, {cell.n_real} real, {cell.net}, seed {cell.seed}: batch {step} of {total}"
        bar = "#" * filled + "." * (BAR - filled)
        line = f"\r[{bar}] {experiment.done} of {experiment.total} trainings, {left} left; {what}"
        self.stderr.write(f"{line:<130}", ending="")
        self.stderr.flush()

    def say_what_came_out(self, experiment: Experiment, out: Path | None) -> None:
        """The table, or why there is none."""
        experiment.refresh_from_db()
        if experiment.state != JobState.DONE:
            raise CommandError(experiment.reason or f"The experiment is {experiment.get_state_display().lower()}.")
        report = ExperimentReport(experiment)
        for line in (*report.lines, *report.difference_lines):
            self.stdout.write(words_of(line))
        if out:
            out.write_text(table_csv(report))
            self.stdout.write(self.style.SUCCESS(f"The table with all intervals is in {out}."))


def words_of(line: Line) -> str:
    """A row of the table on the screen; the interval is for more patients and nets where there is one."""
    whole = line.over_both if line.over_both.startswith("[") else f"{line.over_patients} (patients)"
    point = f"{line.net:<13}{line.arm_in_words:<36}{line.n_real:>5} real {line.n_synthetic:>5} synthetic"
    return f"{point}  {line.measure:<26}{line.value:>8} {whole}"


def listed(text: str) -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def whole(text: str) -> int:
    """A whole number, or a sentence."""
    try:
        return int(text)
    except ValueError:
        raise CommandError(f"“{text}” is no number of images; write such as 10,20,40.") from None


def dataset_named(name: str) -> Dataset:
    """The library's data set."""
    dataset = Dataset.objects.filter(name=name).first()
    if dataset is None:
        known = ", ".join(Dataset.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"No data set is called “{name}” (there are: {known}).")
    return dataset
