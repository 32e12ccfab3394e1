"""`manage.py generate`: draw images into a folder, without a queue and without storing anything on the site."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from numpy.typing import NDArray

from generation.actions.doubles import refuse_doubles
from generation.actions.drawing import draw
from generation.actions.from_files import Given
from generation.actions.material import local_copy
from generation.actions.orders import Order, shares, unsaved_batch
from generation.actions.pipelines import pipeline_of
from generation.diffusion.attention.files import to_bytes
from generation.diffusion.attention.wanted import Kept
from generation.diffusion.errors import DiffusionError
from generation.diffusion.material import Material
from generation.diffusion.recipe import Recipe
from generation.management.drawing_options import add_drawing_options, asked_for
from generation.models import BatchLine
from lungstudy.library.pixels.encoding import encode_png
from lungstudy.library.pixels.hashes import pixel_sha256

COLUMNS = ("file", "finding", *Recipe.__dataclass_fields__, "recipe_sha256", "pixel_sha256")


class Command(BaseCommand):
    """Options to recipes, recipes to PNG files and a table of what each is."""

    help = (
        "Draw images into a folder: PNG files named by seed (with several prompts by prompt and seed), and "
        "recipes.csv. Image i has seed SEED + i."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to draw and where to."""
        add_drawing_options(parser)
        parser.add_argument("--out", type=Path, required=True, help="folder to write to")

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw in batches of the site's fixed shape, writing each as soon as it is there."""
        out: Path = options["out"]
        try:
            order, given = asked_for(options)
            refuse_doubles(order)
            self._draw_all(order, with_known_files(order, given), out)
        except (DiffusionError, ValueError) as exc:
            raise CommandError(str(exc)) from exc
        except OSError as exc:
            raise CommandError(f"{out} cannot be written ({exc.strerror}); what is there stays.") from exc
        self.stdout.write(self.style.SUCCESS(f"{order.count} images and recipes.csv are in {out}."))

    def _draw_all(self, order: Order, material: Material, out: Path) -> None:
        batch, lines = unsaved_batch(order)
        names = names_of(lines)
        pipeline = pipeline_of(order.generator)
        out.mkdir(parents=True, exist_ok=True)
        with (out / "recipes.csv").open("w", newline="", encoding="utf-8") as table:
            rows = csv.DictWriter(table, COLUMNS)
            rows.writeheader()
            for share in shares(lines, batch.batch_shape):
                owners = [next(line for line in lines if index in line.indexes) for index in share]
                group = [line.recipe(index) for line, index in zip(owners, share, strict=True)]
                images, attention = draw(pipeline, group, self._report_nothing, material, order.attended)
                for index, kept in zip(share, attention, strict=False):
                    self._write_attention(out / names[index], kept)
                for index, line, recipe, pixels in zip(share, owners, group, images, strict=True):
                    (out / names[index]).write_bytes(encode_png(pixels))
                    rows.writerow({"file": names[index], "finding": line.finding, **row_of(recipe, pixels)})
                table.flush()
                self.stderr.write(f"{share.stop} of {batch.count}")

    def _write_attention(self, image: Path, kept: Kept) -> None:
        """Beside the image, under its name; what was missing is said."""
        image.with_suffix(".safetensors").write_bytes(to_bytes(kept))
        for reason in kept.missing.values():
            self.stderr.write(f"{image.name}: {reason}")

    @staticmethod
    def _report_nothing(step: int) -> None:
        """A terminal is told once per group of images, which is often enough."""


def with_known_files(order: Order, given: Given) -> Material:
    """What was given, and the files of the adapters that the site knows."""
    known = {one.sha256: local_copy(one.sha256) for one in order.adapters if one.sha256 not in given.material.files}
    return replace(given.material, files={**given.material.files, **known})


def names_of(lines: Sequence[BatchLine]) -> list[str]:
    """A file name for each image: its seed, behind its prompt's number where there are several."""
    prompts = list(dict.fromkeys((line.prompt, line.negative_prompt) for line in lines))
    several = len(prompts) > 1
    return [
        f"{prompts.index((line.prompt, line.negative_prompt)) + 1}-{seed}.png" if several else f"{seed}.png"
        for line in lines
        for seed in range(line.first_seed, line.last_seed + 1)
    ]


def row_of(recipe: Recipe, pixels: NDArray[Any]) -> dict[str, Any]:
    """The recipe's fields and both hashes."""
    fields = {name: in_a_cell(value) for name, value in recipe.as_json().items()}
    return {**fields, "recipe_sha256": recipe.sha256(), "pixel_sha256": pixel_sha256(pixels)}


def in_a_cell(value: Any) -> Any:
    """Adapters and the start as JSON, everything else as it is."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | tuple) else value
