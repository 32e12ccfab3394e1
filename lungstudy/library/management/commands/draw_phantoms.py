"""manage.py draw_phantoms: phantoms into the library, with findings and exact lung masks under both definitions."""

import sys
from argparse import ArgumentParser
from itertools import cycle
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lungstudy.library.actions.mask_sets import MaskSetError
from lungstudy.library.actions.phantoms import PhantomError, store_phantoms
from lungstudy.library.actions.storing import StorageFullError
from lungstudy.library.models import Origin
from lungstudy.library.pixels.phantom import Finding


class Command(BaseCommand):
    """Draws while you watch; run again after any interruption, nothing is doubled."""

    help = "Draw computer-made chest phantoms into a data set, with a mask set of their lungs; they show no patient."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many of what."""
        parser.add_argument("--dataset", required=True, metavar="NAME", help="made if there is none of this name")
        parser.add_argument("--origin", choices=Origin.values, default=Origin.REAL, help="which they stand for")
        parser.add_argument("--count", type=int, default=100, help="phantoms (default: 100)")
        parser.add_argument("--first-seed", type=int, default=5_000_000, help="(default: 5,000,000)")
        parser.add_argument("--size", type=int, default=256, help="in pixels (default: 256)")
        every = ",".join(Finding)
        parser.add_argument("--findings", default=every, help=f"in turn, with commas (default: {every})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw them."""
        first = options["first_seed"]
        try:
            findings = [Finding(name.strip()) for name in options["findings"].split(",")]
            dataset = store_phantoms(
                name=options["dataset"],
                origin=Origin(options["origin"]),
                wanted=zip(range(first, first + options["count"]), cycle(findings), strict=False),
                size=options["size"],
                on_progress=lambda done: self.show(done, options["count"]),
            )
        except (PhantomError, MaskSetError, StorageFullError, ValueError) as error:
            raise CommandError(str(error)) from error
        done = f"“{dataset}” has {dataset.images.count()} images, outlined with the heart inside and outside."
        self.stdout.write(self.style.SUCCESS(done))

    def show(self, done: int, total: int) -> None:
        """One line that is written over, where somebody watches."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} of {total} phantoms ", ending="")
            self.stderr.flush()
