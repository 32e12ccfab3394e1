"""`manage.py generate`: draw images into a folder, without a queue and without storing anything on the site."""

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.actions.doubles import refuse_doubles
from generation.actions.from_files import Given
from generation.actions.material import local_copy
from generation.actions.memory import is_out_of_memory
from generation.actions.orders import Order, unsaved_batch
from generation.actions.pipelines import pipeline_of
from generation.diffusion.errors import DiffusionError
from generation.diffusion.learning.plan import DEVICES
from generation.diffusion.material import Material
from generation.management.drawing_here import COLUMNS, TOO_LARGE, Drawing
from generation.management.drawing_options import add_drawing_options, asked_for
from generation.management.drawing_progress import DrawingProgress
from generation.management.drawn_folder import TABLE, DrawnFolder, refuse_used


class Command(BaseCommand):
    """Options to recipes, recipes to PNG files and a table of what each is."""

    help = (
        "Draw images into a folder: PNG files named by seed (with several prompts by prompt and seed), and "
        "recipes.csv. Image i has seed SEED + i."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to draw and where to."""
        add_drawing_options(parser)
        parser.add_argument(
            "--device", choices=DEVICES, default="any", help="gpu: refuse to draw where there is none; any: as the "
            "site is set, LUNGSTUDY_DEVICE (default)",
        )  # fmt: skip
        parser.add_argument(
            "--out", type=Path, required=True, help="folder to write to, without images or recipes.csv from before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw in batches of the site's fixed shape, writing each as soon as it is there."""
        out: Path = options["out"]
        try:
            refuse_used(out)
            order, given = asked_for(options, self.stderr.write)
            refuse_doubles(order)
            self._draw(order, with_known_files(order, given), out, options["device"])
        except (DiffusionError, ValueError) as exc:
            raise CommandError(str(exc)) from exc
        except OSError as exc:
            raise CommandError(
                f"{out} cannot be written ({exc.strerror}); the images in it are whole, each with its row in {TABLE}."
            ) from exc
        except Exception as exc:
            if is_out_of_memory(exc):
                raise CommandError(TOO_LARGE) from exc
            raise
        self.stdout.write(self.style.SUCCESS(f"{order.count} images and {TABLE} are in {out}."))

    def _draw(self, order: Order, material: Material, out: Path, device: str) -> None:
        from generation.diffusion.loading import environment, refuse_missing_gpu  # loads torch

        refuse_missing_gpu(device)
        batch, lines = unsaved_batch(order)
        pipeline, versions = pipeline_of(order.generator), environment()
        progress = DrawingProgress(batch.count, self.stderr)
        with DrawnFolder(out, (*COLUMNS, *versions)) as folder:
            try:
                drawing = Drawing(pipeline, material, order.attended, lines, versions, folder, progress)
                drawing.draw_all(batch.batch_shape)
            finally:
                progress.end()
        drawing.refuse_lacking()


def with_known_files(order: Order, given: Given) -> Material:
    """What was given, and the files of the adapters that the site knows."""
    known = {one.sha256: local_copy(one.sha256) for one in order.adapters if one.sha256 not in given.material.files}
    return replace(given.material, files={**given.material.files, **known})
