"""manage.py import_masks: bring masks that were drawn elsewhere to the images of a data set."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lungstudy.library.actions.mask_csv import Only
from lungstudy.library.actions.mask_import import MaskImportError, MaskOrder, MaskReport, import_masks
from lungstudy.library.actions.mask_sets import MaskSetError, SetDescription
from lungstudy.library.actions.metadata import MetadataError
from lungstudy.library.actions.sources import SourceError
from lungstudy.library.actions.storing import StorageFullError
from lungstudy.library.models import Dataset, Definition, MaskSource

EXPECTED = (MaskImportError, MaskSetError, MetadataError, SourceError, StorageFullError)


def only(text: str) -> Only:
    """COLUMN=PATTERN, in its two parts."""
    column, equals, pattern = text.partition("=")
    if not (column and equals and pattern):
        raise argparse.ArgumentTypeError("Write COLUMN=PATTERN, such as “mask_source=v7*”.")
    return Only(column.strip(), pattern.strip())


class Command(BaseCommand):
    """Imports while you watch; run again after any interruption, nothing is doubled."""

    help = "Import PNG masks (black outside) of a folder or a zip for images that are in a data set."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where from, over which images, and what is known of them."""
        parser.add_argument("path", type=Path, help="Folder or zip of masks, each named as its image.")
        parser.add_argument("--dataset", required=True, metavar="NAME", help="That the images are in.")
        parser.add_argument("--name", required=True, help="Of the mask set; made if there is none of this name.")
        parser.add_argument("--structure", required=True, help="What is outlined: lungs, left lung, heart, ...")
        parser.add_argument(
            "--definition", choices=Definition.values, default=Definition.UNSTATED,
            help="Where the outline of the lungs runs; unstated if you do not say. Different ones never share a set.",
        )  # fmt: skip
        drawn_by = [MaskSource.PEOPLE.value, MaskSource.SOFTWARE.value]
        parser.add_argument(
            "--source", choices=drawn_by, default=MaskSource.PEOPLE.value, help="Who or what drew them."
        )
        parser.add_argument("--csv", type=Path, help="Columns image (or file) and mask (or mask_file); definition.")
        parser.add_argument("--where", type=only, metavar="COLUMN=PATTERN", help="Take these rows of the CSV only.")
        parser.add_argument("--licence", default="", help="As their source states it.")
        parser.add_argument("--citation", default="", help="What a paper that uses them must cite.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and say what came of it; ends with 1 when nothing could be imported."""
        if options["where"] and not options["csv"]:
            raise CommandError("--where chooses rows of a CSV; name it with --csv.")
        try:
            report = import_masks(order=self.order(options), by=None, on_progress=self.show)
        except EXPECTED as error:
            raise CommandError(str(error)) from error
        self.sum_up(report)
        if not report.n_added and not report.already_there:
            raise CommandError("Nothing could be imported.")

    def order(self, options: dict[str, Any]) -> MaskOrder:
        """What was asked for."""
        dataset = Dataset.objects.filter(name=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"There is no data set “{options['dataset']}”. Import its images first.")
        described = SetDescription(
            definition=Definition(options["definition"]),
            source=MaskSource(options["source"]),
            **{name: options[name] for name in ("name", "structure", "licence", "citation")},
        )
        csv = options["csv"].resolve() if options["csv"] else None
        source = options["path"].resolve()
        return MaskOrder(source=source, dataset=dataset, described=described, mask_csv=csv, only=options["where"])

    def show(self, done: int, total: int) -> None:
        """One line that is written over, where somebody watches."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} of {total} files ", ending="")
            self.stderr.flush()

    def sum_up(self, report: MaskReport) -> None:
        """Every mask that was not taken, then the counts."""
        for name, reason in report.problems:
            self.stdout.write(f"{name}: {reason}")
        for mask_set, n in report.added.items():
            self.stdout.write(f"{mask_set} ({mask_set.outline}): {n} added")
        for sentence in report.unstated:
            self.stdout.write(self.style.WARNING(sentence))
        self.stdout.write(f"{report.already_there} already there, {len(report.problems)} not imported.")
