"""manage.py import_images: bring a folder, a zip or one file into a data set, in the foreground."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from lungstudy.jobs.models import JobState
from lungstudy.library.actions.datasets import create_dataset
from lungstudy.library.actions.importing import import_images
from lungstudy.library.actions.runs import start_import
from lungstudy.library.actions.windows import WindowError, window_of
from lungstudy.library.models import Dataset, ImportRun, Modality, Origin, ProblemKind


def window(text: str) -> str:
    """A grey window as it is written, checked."""
    try:
        window_of(text)
    except WindowError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


class Command(BaseCommand):
    """Imports while you watch; run again after any interruption, nothing is doubled."""

    help = "Import PNG, JPEG, TIFF and DICOM files of a folder, a zip or a single file into a data set."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where from, into what, and what is known of it."""
        parser.add_argument("path", type=Path, help="Folder, zip or file. Nothing in it is changed.")
        parser.add_argument("--dataset", required=True, metavar="NAME", help="Made if there is none of this name.")
        parser.add_argument("--licence", default="", help="Needed for a new data set, as its source states it.")
        parser.add_argument("--citation", default="", help="Needed for a new data set.")
        parser.add_argument("--metadata", type=Path, metavar="CSV", help="file, finding, view, sex, age, patient key.")
        parser.add_argument("--modality", choices=Modality.values, default=Modality.RADIOGRAPH)
        parser.add_argument("--origin", choices=Origin.values, default=Origin.REAL)
        parser.add_argument(
            "--window", type=window, default="lung", help="For CT: lung, mediastinum, bone, or “level,width”."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and say what came of it; ends with 1 when nothing could be imported."""
        run = self.claimed_run(options)
        try:
            import_images(run=run, on_progress=self.show)
        except KeyboardInterrupt:
            run.release(state=JobState.CANCELLED)
            raise CommandError("Stopped. What is stored stays; run the same command again to go on.") from None
        run.refresh_from_db()
        self.sum_up(run)
        if run.state == JobState.FAILED:
            raise CommandError(run.reason)
        if not run.added and not run.already_there:
            raise CommandError("Nothing could be imported.")

    @transaction.atomic
    def claimed_run(self, options: dict[str, Any]) -> ImportRun:
        """A run that this process holds before any worker sees it."""
        metadata_csv = options["metadata"]
        run = start_import(
            dataset=self.dataset(options),
            source=options["path"].resolve(),
            metadata_csv=metadata_csv.resolve() if metadata_csv else None,
            window=options["window"],
            uploaded=False,
            by=None,
        )
        claimed = ImportRun.objects.claim(run.pk)
        if claimed is None:
            raise CommandError("The import could not be started. Try again.")
        return claimed

    def dataset(self, options: dict[str, Any]) -> Dataset:
        """The data set of this name, or a new one that is described in full."""
        if known := Dataset.objects.filter(name=options["dataset"]).first():
            return known
        if not options["licence"].strip() or not options["citation"].strip():
            raise CommandError(
                f"There is no data set “{options['dataset']}” yet; a new one needs --licence and --citation."
            )
        described = {name: options[name] for name in ("origin", "modality", "licence", "citation")}
        return create_dataset(name=options["dataset"], by=None, **described)

    def show(self, run: ImportRun) -> None:
        """One line that is written over, where somebody watches."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{run.done} of {run.total} files ({run.percent} %) ", ending="")
            self.stderr.flush()

    def sum_up(self, run: ImportRun) -> None:
        """Counts, then every file that somebody should know about."""
        if sys.stderr.isatty():
            self.stderr.write("")
        problems = run.problems.order_by("kind", "pk")
        for problem in problems:
            self.stdout.write(f"{problem.get_kind_display()}: {problem}")
        n_refused = sum(problem.kind == ProblemKind.REFUSED for problem in problems)
        self.stdout.write(
            f"{run.dataset}: {run.added} added ({run.flagged} flagged), {run.already_there} already there, "
            f"{n_refused} not imported, {len(problems) - n_refused} to look at; {run.done} of {run.total} files."
        )
