"""`manage.py measure_quality`: compare a synthetic data set with a reference in this very process."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.actions.learned_images import trainings_behind
from generation.actions.measuring import FEATURES, RANDOM, QualityError, measure_run, queue_quality_run
from generation.models import TrainingRun
from generation.reports.quality import headline, rows_of
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset


class Command(BaseCommand):
    """Names in, a table out; the run is stored and has its page on the site."""

    help = "Measure how near a synthetic data set comes to a reference, how it varies, and whether it holds copies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which data sets, by name."""
        parser.add_argument("--dataset", required=True, help="name of the synthetic data set")
        wanted = parser.add_mutually_exclusive_group(required=True)
        wanted.add_argument("--reference", help="name of the data set it should be like")
        wanted.add_argument("--learned-by", help="name of a training: the very images that it learned from")
        parser.add_argument("--seed", type=int, default=0, help="of every random choice (default: 0)")
        parser.add_argument("--features", choices=FEATURES, default=RANDOM, help=f"the net (default: {RANDOM})")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        dataset = self.named(options["dataset"])
        training = self.training(options["learned_by"], dataset) if options["learned_by"] else None
        reference = training.datasets.order_by("pk")[0] if training else self.named(options["reference"])
        try:
            chosen = {name: options[name] for name in ("seed", "features")}
            run = queue_quality_run(dataset=dataset, reference=reference, by=None, learned_by=training, **chosen)
        except QualityError as error:
            raise CommandError(str(error)) from error
        measure_run(run.pk)
        run.refresh_from_db()
        if run.state != JobState.DONE:
            raise CommandError(run.reason or "The run was cancelled, or another worker took it; see its page.")
        if options["json"]:
            self.stdout.write(json.dumps(run.result, indent=1))
            return
        for row in rows_of(run.result):
            self.stdout.write(f"{row.label:<18}{row.found:<34}n {row.n:<14}floor {row.floor} (n {row.floor_n})")
        self.stdout.write(headline(run))

    @staticmethod
    def training(name: str, dataset: Dataset) -> TrainingRun:
        """The training of this name behind the data set's images."""
        behind = trainings_behind(dataset)
        found = next((run for run in behind if run.name == name), None)
        if found is None:
            known = ", ".join(run.name for run in behind) or "none"
            raise CommandError(f"No training called “{name}” taught what drew “{dataset}” (there are: {known}).")
        return found

    @staticmethod
    def named(name: str) -> Dataset:
        """The data set of this name."""
        found = Dataset.objects.filter(name=name).first()
        if found is None:
            known = ", ".join(Dataset.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"No data set is called “{name}” (there are: {known}).")
        return found
