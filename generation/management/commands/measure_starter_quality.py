"""`manage.py measure_starter_quality`: the table of docs/quality.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from generation.diffusion.inspecting import inspect_model
from generation.diffusion.recipe import Recipe
from generation.reports.quality import numbers

COLUMNS = ("fid_unbiased", "kid", "precision", "recall", "density", "coverage", "ms_ssim")
HEADER = (
    "| set | FID∞ | KID | precision | recall | density | coverage | MS-SSIM of pairs | suspected copies |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


class Command(BaseCommand):
    """Thin shell over `generation.diffusion.quality.known_sets`."""

    help = "Hold sets of known quality and the starter model's images against phantoms, and print a table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many images, and of which model."""
        parser.add_argument("--images", type=int, default=300, help="of each set, and of the reference")
        parser.add_argument("--model", type=Path, default=settings.STARTER_MODEL)

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each set."""
        from generation.diffusion.loading import load_pipeline  # keeps torch out of the web process
        from generation.diffusion.quality.known_sets import REFERENCE, beside, known_sets, phantoms

        facts = inspect_model(options["model"])
        size = facts.native_size
        first = Recipe(
            model=facts.name, weights_sha256=facts.weights_sha256, prompt="", negative_prompt="", seed=0, steps=20,
            guidance=3.0, scheduler="ddim", width=size, height=size, batch_shape=8,
        )  # fmt: skip
        reference = phantoms(REFERENCE, options["images"], size)
        self.stdout.write(HEADER)
        for known in known_sets(reference, load_pipeline(str(options["model"])), first):
            found = beside(known.pictures, reference).as_json()
            cells = [numbers(found["rows"][name]) for name in COLUMNS]
            suspects = found["copies"]
            cells.append(str(suspects["n_suspects"]) if "n_suspects" in suspects else "–")
            self.stdout.write(f"| {known.name} | {' | '.join(cells)} |")
            self.stdout.flush()
