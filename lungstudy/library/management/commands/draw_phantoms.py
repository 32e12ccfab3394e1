"""manage.py draw_phantoms: phantoms as files, with findings and true lung masks, to be imported like any others."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.phantom import Finding, Phantom, draw_phantom

COLUMNS = ("file", "finding", "view", "sex", "patient_key")


class Command(BaseCommand):
    """Writes images/, masks/ under the same names, and metadata.csv."""

    help = "Draw computer-made chest phantoms with exact lung masks; they show no patient."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many of what."""
        parser.add_argument("--out", type=Path, required=True, help="a folder to write to")
        parser.add_argument("--count", type=int, default=100, help="phantoms (default: 100)")
        parser.add_argument("--first-seed", type=int, default=0)
        parser.add_argument("--size", type=int, default=256, help="in pixels (default: 256)")
        parser.add_argument(
            "--findings", default=",".join(Finding), help=f"in turn, with commas (default: {','.join(Finding)})"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw them."""
        out: Path = options["out"]
        findings = [name.strip() for name in options["findings"].split(",")]
        for folder in ("images", "masks"):
            (out / folder).mkdir(parents=True, exist_ok=True)
        with (out / "metadata.csv").open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for number in range(options["count"]):
                seed = options["first_seed"] + number
                try:
                    phantom = draw_phantom(seed, findings[number % len(findings)], options["size"])
                except ValueError as error:
                    raise CommandError(str(error)) from error
                table.writerow(self.write(phantom, out, f"phantom_{seed:06}.png"))
        self.stdout.write(self.style.SUCCESS(f"{options['count']} phantoms lie in {out}."))

    @staticmethod
    def write(phantom: Phantom, out: Path, name: str) -> tuple[str, ...]:
        """Both files; the row of the table."""
        (out / "images" / name).write_bytes(encode_png(phantom.image))
        (out / "masks" / name).write_bytes(encode_png(phantom.lung_mask.astype("uint8") * 255))
        return name, str(phantom.finding), phantom.view, phantom.sex, name.removesuffix(".png")
