"""`manage.py measure_steering`: how far prompts steer a model between conditions and into two at once, measured."""

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from numpy.typing import NDArray
from PIL import Image

from generation.diffusion.composing import joined, strip
from generation.diffusion.inspecting import inspect_model
from generation.diffusion.recipe import Recipe, family
from lungstudy.library.pixels.phantom.measure import heart_width_ratio, side_of_effusion

OPENING = "frontal chest radiograph, PA view"
NORMAL, LARGE, FLUID = (
    f"{OPENING}, {words}"
    for words in ("normal heart, clear lungs", "cardiomegaly, enlarged heart", "right pleural effusion")
)
SHARES = [0.0, 0.25, 0.5, 0.75, 1.0]
WAYS = {"and": "AND, weighted predictions", "blend": "blend, mixed embeddings"}
IN_GRID = 6
HEADER = "| prompt | images | heart / chest width | right effusion seen |\n|---|---|---|---|"


class Command(BaseCommand):
    """Strips from a normal to a large heart by either way, then both diseases at once."""

    help = "Measure the heart and fluid in images between two prompts and in images of two prompts joined by AND."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which model, how many images."""
        parser.add_argument("--model", type=Path, required=True)
        parser.add_argument("--images", type=int, default=24, help="images per prompt")
        parser.add_argument("--steps", type=int, default=20)
        parser.add_argument("--grid", type=Path, help="PNG to write: one row per prompt")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table; the same seeds in every row."""
        from generation.diffusion.loading import load_pipeline  # keeps torch out of the web process
        from generation.diffusion.sampling import sample

        first, pipeline = first_recipe(options["model"], options["steps"]), load_pipeline(str(options["model"]))
        self.stdout.write(HEADER)
        rows = []
        for label, prompt in prompts():
            images = sample(pipeline, family(replace(first, prompt=prompt), options["images"]), lambda _: None)
            self.stdout.write(line(label, images))
            rows.append(np.concatenate(images[:IN_GRID], axis=1))
        if options["grid"]:
            Image.fromarray(np.concatenate(rows)).save(options["grid"])


def prompts() -> list[tuple[str, str]]:
    """Every row's label and prompt."""
    found = [
        (f"{share:.0%} cardiomegaly, {words}", prompt)
        for way, words in WAYS.items()
        for share, prompt in zip(SHARES, strip(NORMAL, LARGE, SHARES, way), strict=True)
    ]
    alone = [("right effusion alone", FLUID), ("cardiomegaly alone", LARGE)]
    return [*found, *alone, ("cardiomegaly AND right effusion", joined([LARGE, FLUID], [0.6, 0.6]))]


def line(label: str, images: list[NDArray[np.uint8]]) -> str:
    """Means over the images in which the heart can be measured, and how many show fluid on the right."""
    ratios = np.array([heart_width_ratio(image) for image in images])
    fluid = sum(side_of_effusion(image) == "right" for image in images)
    spread = np.nanstd(ratios, ddof=1) if len(images) > 1 else float("nan")
    return f"| {label} | {len(images)} | {np.nanmean(ratios):.3f} ± {spread:.3f} | {fluid} |"


def first_recipe(model: Path, steps: int) -> Recipe:
    """Seed 0 at the model's own size."""
    facts = inspect_model(model)
    size = facts.native_size
    return Recipe(
        model=facts.name, weights_sha256=facts.weights_sha256, prompt="", negative_prompt="", seed=0, steps=steps,
        guidance=3.0, scheduler="ddim", width=size, height=size, batch_shape=8,
    )  # fmt: skip
