"""`manage.py measure_starter`: the table of the starter model's card, and the picture beside it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from PIL import Image

from generation.diffusion.inspecting import inspect_model
from generation.diffusion.recipe import SCHEDULERS, Recipe

IN_GRID = 6
HEADER = (
    "| prompt ends in | images | heart / chest width | phantoms | effusion seen left, right | phantoms "
    "| left - right, grey levels | phantoms |\n|---|---|---|---|---|---|---|---|"
)


class Command(BaseCommand):
    """Thin shell over `generation.diffusion.training.measuring`."""

    help = "Draw images for each finding with a model, and measure them and as many phantoms alike."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which model, how many images, how drawn."""
        parser.add_argument("--model", type=Path, required=True)
        parser.add_argument("--images", type=int, default=40, help="images per prompt")
        parser.add_argument("--steps", type=int, default=20)
        parser.add_argument("--guidance", type=float, default=3.0)
        parser.add_argument("--scheduler", choices=SCHEDULERS, default="ddim")
        parser.add_argument("--grid", type=Path, help="PNG to write: one row per prompt")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        from generation.diffusion.loading import load_pipeline  # keeps torch out of the web process
        from generation.diffusion.training import measuring

        first = _first_recipe(options)
        pipeline = load_pipeline(str(options["model"]))
        self.stdout.write(HEADER)
        rows = []
        for expected in measuring.EXPECTATIONS:
            images = measuring.drawn_for(pipeline, expected, first, options["images"])
            phantoms = measuring.phantoms_showing(expected, options["images"], first.width)
            drawn = measuring.measure(images, expected.heights)
            self.stdout.write(_line(expected.words, drawn, measuring.measure(phantoms, expected.heights)))
            rows.append(np.concatenate(images[:IN_GRID], axis=1))
        if options["grid"]:
            Image.fromarray(np.concatenate(rows)).save(options["grid"])


def _first_recipe(options: dict[str, Any]) -> Recipe:
    facts = inspect_model(options["model"])
    return Recipe(
        model=facts.name,
        weights_sha256=facts.weights_sha256,
        prompt="",
        negative_prompt="",
        seed=0,
        steps=options["steps"],
        guidance=options["guidance"],
        scheduler=options["scheduler"],
        width=facts.native_size,
        height=facts.native_size,
        batch_shape=8,
    )


def _line(words: str, drawn: Any, phantoms: Any) -> str:
    cells = [words, str(drawn.n)]
    cells += [f"{measured.heart_ratio:.3f} ± {measured.heart_ratio_spread:.3f}" for measured in (drawn, phantoms)]
    cells += [f"{measured.left_effusions}, {measured.right_effusions}" for measured in (drawn, phantoms)]
    cells += [f"{measured.left_minus_right:+.1f}" for measured in (drawn, phantoms)]
    return f"| {' | '.join(cells)} |"
