"""`manage.py measure_starter`: the table of the starter model's card, and the picture beside it."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from numpy.typing import NDArray
from PIL import Image

from generation.diffusion.inspecting import inspect_model
from generation.diffusion.recipe import SCHEDULERS, Recipe

IN_GRID = 6
ROWS = 9
GAP = 32
HEADER = (
    "| prompt ends in | measured | images | normal prompt | phantoms | normal phantoms | seen in images | in phantoms |"
    "\n|---|---|---|---|---|---|---|---|"
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
        parser.add_argument("--grid", type=Path, help="PNG to write: one row per prompt, CT slices in the last column")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table, kind by kind: a normal prompt's images first, then each finding against them."""
        from generation.diffusion.loading import load_pipeline  # keeps torch out of the web process
        from generation.diffusion.training import measuring
        from generation.diffusion.training.expectations import CT_SLICE, EXPECTATIONS, RADIOGRAPH

        first, wanted = _first_recipe(options), options["images"]
        pipeline = load_pipeline(str(options["model"]))
        self.stdout.write(HEADER)
        columns: list[NDArray[np.uint8]] = []
        for kind in (RADIOGRAPH, CT_SLICE):
            normal = measuring.drawn_for(pipeline, kind.normal_prompt, first, wanted)
            well = measuring.normal_phantoms(kind, wanted, first.width)
            rows = [np.concatenate(normal[:IN_GRID], axis=1)]
            for expected in (each for each in EXPECTATIONS if each.kind is kind):
                images = measuring.drawn_for(pipeline, expected.prompt, first, wanted)
                ill = measuring.phantoms_showing(expected, wanted, first.width)
                measured = [measuring.measure(each, expected.quantity) for each in (images, normal, ill, well)]
                self.stdout.write(_line(expected.words, expected.quantity.name, *measured))
                rows.append(np.concatenate(images[:IN_GRID], axis=1))
            columns += [np.concatenate(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
        if options["grid"]:
            Image.fromarray(side_by_side(columns)).save(options["grid"])


def side_by_side(columns: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """The columns from their tops on, black below the shorter ones and between them."""
    height = max(len(column) for column in columns)
    spaced = [np.pad(column, ((0, height - len(column)), (0, GAP))) for column in columns]
    return np.concatenate(spaced, axis=1)[:, :-GAP]


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


def _line(words: str, name: str, images: Any, normal: Any, ill: Any, well: Any) -> str:
    digits = 3 if "grey levels" not in name else 1
    cells = [words, name]
    cells += [f"{each.mean:.{digits}f} ± {each.spread:.{digits}f}" for each in (images, normal, ill, well)]
    cells += [f"{each.seen} of {each.n}" for each in (images, ill)]
    return f"| {' | '.join(cells)} |"
