"""`manage.py export_dataset`: a synthetic data set as a zip or a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.exports.synthetic_set import LAYOUTS, PLAIN, SyntheticSet
from lungstudy.audit.actions import record_event
from lungstudy.library.exports.zip_stream import write_folder, zip_stream
from lungstudy.library.models import Dataset, Origin


class Command(BaseCommand):
    """A name in, files out."""

    help = "Export a synthetic data set with its recipes and a card; rejected images stay out unless asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and in which form."""
        parser.add_argument("--dataset", required=True, help="name of a synthetic data set")
        parser.add_argument("--layout", choices=LAYOUTS, default=PLAIN, help="imagefolder is Hugging Face's")
        parser.add_argument("--with-rejected", action="store_true")
        parser.add_argument("--out", type=Path, required=True, help="FILE.zip, or a folder that is empty or not there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it."""
        dataset = Dataset.objects.filter(name=options["dataset"], origin=Origin.SYNTHETIC).first()
        if dataset is None:
            names = Dataset.objects.filter(origin=Origin.SYNTHETIC).values_list("name", flat=True)
            known = ", ".join(names) or "none yet"
            raise CommandError(f"No synthetic data set is called “{options['dataset']}” (there are: {known}).")
        out: Path = options["out"]
        if out.is_dir() and any(out.iterdir()):
            raise CommandError(f"{out} is not empty; name a new folder, or a file that ends in .zip.")
        chosen = SyntheticSet(dataset, options["layout"], options["with_rejected"])
        record_event(verb="exported a data set", by=None, target=dataset, layout=chosen.layout, images=len(chosen.keys))
        try:
            write(chosen, out)
        except OSError as error:
            raise CommandError(f"{out} cannot be written ({error.strerror}); what is there is incomplete.") from error
        self.stdout.write(self.style.SUCCESS(f"{len(chosen.keys) - len(chosen.missing)} images are in {out}."))


def write(chosen: SyntheticSet, out: Path) -> None:
    """As a zip by its name, else as a folder."""
    if out.suffix != ".zip":
        write_folder(chosen.entries(), out)
        return
    with out.open("wb") as target:
        target.writelines(zip_stream(chosen.entries()))
