"""`manage.py generate`: draw images into a folder, without a queue and without storing anything on the site."""

import csv
import json
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from numpy.typing import NDArray

from generation.actions.drawing import draw
from generation.actions.from_files import given_files
from generation.actions.pipelines import pipeline_of
from generation.actions.prompts import refuse_long_prompt
from generation.actions.queueing import BATCH_SHAPE
from generation.actions.registering import STARTER_NAME, register_starter
from generation.diffusion.errors import DiffusionError
from generation.diffusion.recipe import SCHEDULERS, Recipe
from generation.models import Batch, Generator
from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.hashes import pixel_sha256

GIVEN = ("embedding", "lora", "start", "mask", "strength", "feather")


class Command(BaseCommand):
    """Options to recipes, recipes to PNG files and a table of what each is."""

    help = "Draw images into a folder: PNG files named by seed, and recipes.csv. Image i has seed SEED + i."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to draw and where to."""
        parser.add_argument("--model", default=STARTER_NAME, help="name of a registered generator (default: starter)")
        parser.add_argument("--prompt", required=True)
        parser.add_argument("--negative", default="", help="what not to draw")
        parser.add_argument("--count", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True, help="of the first image")
        parser.add_argument("--steps", type=int, default=20)
        parser.add_argument("--guidance", type=float, default=3.0)
        parser.add_argument("--size", type=int, help="width and height in pixels (default: the model's own)")
        parser.add_argument("--scheduler", choices=SCHEDULERS, default="ddim")
        parser.add_argument(
            "--embedding", action="append", default=[], metavar="TOKEN=FILE", help="textual inversion (.safetensors)"
        )
        parser.add_argument(
            "--lora", action="append", default=[], metavar="FILE[:SCALE]", help="LoRA of the denoiser (.safetensors)"
        )
        parser.add_argument("--start", type=Path, help="image to change, of the size that is drawn")
        parser.add_argument("--strength", type=float, default=0.7, help="how much of it is drawn anew, up to 1")
        parser.add_argument("--mask", type=Path, help="image that is white where --start is to change")
        parser.add_argument("--feather", type=int, default=0, help="pixels over which the mask's edge is mixed")
        parser.add_argument("--out", type=Path, required=True, help="folder to write to")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw in batches of the site's fixed shape, writing each as soon as it is there."""
        if options["count"] < 1:
            raise CommandError("--count must be 1 or more.")
        out: Path = options["out"]
        try:
            self._draw_all(unsaved_batch(options), out, options)
        except (DiffusionError, ValueError) as exc:
            raise CommandError(str(exc)) from exc
        except OSError as exc:
            raise CommandError(f"{out} cannot be written ({exc.strerror}); what is there stays.") from exc
        self.stdout.write(self.style.SUCCESS(f"{options['count']} images and recipes.csv are in {out}."))

    def _draw_all(self, batch: Batch, out: Path, options: dict[str, Any]) -> None:
        given = given_files(**{name: options[name] for name in GIVEN})
        plain = [batch.recipe(index) for index in range(batch.count)]
        recipes = [replace(recipe, adapters=given.adapters, start=given.start) for recipe in plain]
        pipeline = pipeline_of(batch.generator)
        out.mkdir(parents=True, exist_ok=True)
        with (out / "recipes.csv").open("w", newline="", encoding="utf-8") as table:
            rows = csv.DictWriter(table, ["file", *recipes[0].as_json(), "recipe_sha256", "pixel_sha256"])
            rows.writeheader()
            for start in range(0, batch.count, BATCH_SHAPE):
                group = recipes[start : start + BATCH_SHAPE]
                images = draw(pipeline, group, self._report_nothing, given.material)
                rows.writerows(map(self._write, [out] * len(group), group, images))
                table.flush()
                self.stderr.write(f"{start + len(group)} of {batch.count}")

    @staticmethod
    def _write(out: Path, recipe: Recipe, pixels: NDArray[Any]) -> dict[str, Any]:
        file = f"{recipe.seed}.png"
        (out / file).write_bytes(encode_png(pixels))
        hashes = {"recipe_sha256": recipe.sha256(), "pixel_sha256": pixel_sha256(pixels)}
        return {"file": file, **{name: in_a_cell(value) for name, value in recipe.as_json().items()}, **hashes}

    @staticmethod
    def _report_nothing(step: int) -> None:
        """A terminal is told once per group of images, which is often enough."""


def unsaved_batch(options: dict[str, Any]) -> Batch:
    """The options as a batch that is never stored: recipes come from one place only.

    Raises
    ------
    DiffusionError
        If the prompt does not fit the model.
    CommandError
        If no generator has this name.
    """
    if options["model"] == STARTER_NAME:
        register_starter()
    generator = Generator.objects.available().filter(name=options["model"]).first()
    if generator is None:
        known = ", ".join(Generator.objects.available().values_list("name", flat=True)) or "none yet"
        raise CommandError(
            f"No generator is called “{options['model']}” (registered: {known}); "
            "register a folder with: manage.py add_generator NAME FOLDER"
        )
    for prompt in (options["prompt"], options["negative"]):
        refuse_long_prompt(generator=generator, prompt=prompt)
    size = options["size"] or generator.native_size
    return Batch(
        generator=generator,
        prompt=options["prompt"],
        negative_prompt=options["negative"],
        count=options["count"],
        first_seed=options["seed"],
        steps=options["steps"],
        guidance=options["guidance"],
        scheduler=options["scheduler"],
        width=size,
        height=size,
        batch_shape=BATCH_SHAPE,
    )


def in_a_cell(value: Any) -> Any:
    """Adapters and the start as JSON, everything else as it is."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else value
