"""`manage.py measure_textual_inversion`: do more vectors and more images teach a word better? Measured on phantoms."""

import csv
import math
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from generation.diffusion.inspecting import inspect_model
from generation.diffusion.learning.plan import EMBEDDING, LearningPlan
from generation.diffusion.training.word_targets import TARGETS, WordTarget

VECTORS, IMAGES, SEEDS = (1, 8, 32), (5, 10, 50, 100), (0, 1, 2)
INITIAL = "normal heart, clear lungs"
OPENING = "frontal chest radiograph, PA view"
COLUMNS = (
    "target", "weights", "vectors", "images", "seed", "steps", "rate", "drawn", "measured", "value", "spread", "seen",
    "truth", "held_out_loss", "seconds",
)  # fmt: skip


class Command(BaseCommand):
    """One row for each run; runs that the table holds already are not done again."""

    help = "Learn a word with few and many vectors and images; measure what is drawn by that word."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which model, how long, and where to."""
        parser.add_argument("--target", choices=TARGETS, default="large_heart", help="what the word is to mean")
        parser.add_argument("--model", type=Path, default=settings.STARTER_MODEL)
        parser.add_argument("--steps", type=int, default=300)
        parser.add_argument("--rate", type=float, default=5e-3)
        parser.add_argument("--drawn", type=int, default=24, help="images drawn by each word")
        parser.add_argument("--out", type=Path, default=Path("docs/textual_inversion.csv"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is missing, then print the table."""
        weights = inspect_model(options["model"]).weights_sha256[:12]
        for vectors, images, seed in self.missing(options, weights):
            plan, target = plan_for(options["model"], vectors, seed, options), TARGETS[options["target"]]
            row = {
                "target": options["target"],
                "weights": weights,
                "vectors": vectors,
                "images": images,
                "seed": seed,
                **measured(plan, target, images, options),
            }
            write(options["out"], row)
            self.stderr.write(f"k={vectors} n={images} seed={seed}: {row['value']} ({row['seconds']} s)")
        rows = rows_of(options["out"], weights, options)
        self.stdout.write(f"{table(rows, quantity)}\n\n{table(rows, loss)}")

    def missing(self, options: dict[str, Any], weights: str) -> Iterator[tuple[int, int, int]]:
        """Runs that the table lacks, one seed after the other, so that an early look shows all cells."""
        for seed in SEEDS:
            for vectors in VECTORS:
                for images in IMAGES:
                    known = rows_of(options["out"], weights, options)
                    names = {(int(row["vectors"]), int(row["images"]), int(row["seed"])) for row in known}
                    if (vectors, images, seed) not in names:
                        yield vectors, images, seed


def plan_for(model: Path, vectors: int, seed: int, options: dict[str, Any]) -> LearningPlan:
    """The same for all but vectors and seed."""
    size = inspect_model(model).native_size
    return LearningPlan(
        kind=EMBEDDING, size=size, seed=seed, steps=options["steps"], rate=options["rate"], vectors=vectors,
        word=TARGETS[options["target"]].word, initial_words=INITIAL,
    )  # fmt: skip


def measured(plan: LearningPlan, target: WordTarget, images: int, options: dict[str, Any]) -> dict[str, Any]:
    """Learn the word, draw by it, measure."""
    from generation.diffusion.learning.beginning import learner_of  # keeps torch out of the web process
    from generation.diffusion.learning.examples import image_set
    from generation.diffusion.training.measuring import measure

    caption = f"{OPENING}, {target.word}"
    pictures, others = target.pictures(images, plan.seed, plan.size), target.pictures(8, 99, plan.size)
    shown, held_out = ([(one, caption) for one in group] for group in (pictures, others))
    began = time.monotonic()
    learner = learner_of(plan, options["model"], image_set(shown, held_out, plan), None)
    while not learner.is_done:
        learner.take_step()
    seconds = time.monotonic() - began
    drawn = learner.subject.drawn(caption, options["drawn"])
    found, truth = measure(drawn, target.quantity), measure(pictures, target.quantity)
    n_measured = sum(not math.isnan(target.quantity.value(image)) for image in drawn)
    return {
        "steps": plan.steps, "rate": plan.rate, "drawn": found.n, "measured": n_measured,
        "value": f"{found.mean:.4f}", "spread": f"{found.spread:.4f}", "seen": found.seen,
        "truth": f"{truth.mean:.4f}", "held_out_loss": f"{learner.subject.held_out_loss(plan.steps):.6f}",
        "seconds": f"{seconds:.1f}",
    }  # fmt: skip


def write(path: Path, row: dict[str, Any]) -> None:
    """Add one row; a kill loses the run at hand only."""
    is_new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if is_new:
            rows.writeheader()
        rows.writerow(row)


def rows_of(path: Path, weights: str, options: dict[str, Any]) -> list[dict[str, str]]:
    """What was measured of this target on these weights for as many steps at this rate."""
    if not path.exists():
        return []
    wanted = {
        "target": options["target"],
        "weights": weights,
        "steps": str(options["steps"]),
        "rate": str(options["rate"]),
    }
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if all(row[name] == value for name, value in wanted.items())]


def table(rows: list[dict[str, str]], cell: Callable[[list[dict[str, str]]], str]) -> str:
    """One cell for each number of vectors and images, over the seeds."""
    lines = ["| vectors | " + " | ".join(f"{n} images" for n in IMAGES) + " |", "|---" * (len(IMAGES) + 1) + "|"]
    for vectors in VECTORS:
        cells = [[row for row in rows if (row["vectors"], row["images"]) == (str(vectors), str(n))] for n in IMAGES]
        lines.append(f"| {vectors} | " + " | ".join(cell(found) if found else "not run" for found in cells) + " |")
    return "\n".join(lines)


def quantity(rows: list[dict[str, str]]) -> str:
    """The target's quantity: mean over seeds, lowest and highest, and in how many images the target is seen."""
    values = [float(row["value"]) for row in rows]
    seen, drawn = (sum(int(row[name]) for row in rows) for name in ("seen", "drawn"))
    return f"{mean(values):.3f} ({min(values):.3f} to {max(values):.3f}); {seen} of {drawn}"


def loss(rows: list[dict[str, str]]) -> str:
    """The loss on eight phantoms that no word was learned from: mean over seeds, lowest and highest."""
    values = [float(row["held_out_loss"]) for row in rows]
    return f"{mean(values):.4f} ({min(values):.4f} to {max(values):.4f})"
