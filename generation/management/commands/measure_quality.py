"""`manage.py measure_quality`: compare a synthetic data set with a reference in this very process."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.actions.measuring import FEATURES, RANDOM, QualityError, measure_run, queue_quality_run
from generation.reports.quality import headline, rows_of
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset


class Command(BaseCommand):
    """Names in, a table out; the run is stored and has its page on the site."""

    help = "Measure how near a synthetic data set comes to a reference, how it varies, and whether it holds copies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which data sets, by name."""
        parser.add_argument("--dataset", required=True, help="name of the synthetic data set")
        parser.add_argument("--reference", required=True, help="name of the data set it should be like")
        parser.add_argument("--seed", type=int, default=0, help="of every random choice (default: 0)")
        parser.add_argument("--features", choices=FEATURES, default=RANDOM, help=f"the net (default: {RANDOM})")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        dataset, reference = (self.named(options[name]) for name in ("dataset", "reference"))
        try:
            chosen = {name: options[name] for name in ("seed", "features")}
            run = queue_quality_run(dataset=dataset, reference=reference, by=None, **chosen)
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
    def named(name: str) -> Dataset:
        """The data set of this name."""
        found = Dataset.objects.filter(name=name).first()
        if found is None:
            known = ", ".join(Dataset.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"No data set is called “{name}” (there are: {known}).")
        return found
