"""The pictures and captions that the starter model learns from."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.training.plan import TrainingPlan
from lungstudy.library.pixels.phantom import Finding, draw_phantom

# Training seeds start here, so that phantoms drawn with everyday seeds were never seen in training.
FIRST_SEED = 10_000_000
# Pneumothorax twice: its thin line is the hardest to learn.
FINDINGS = (*Finding, Finding.PNEUMOTHORAX)


@dataclass(frozen=True)
class PhantomSet:
    """Grey pictures (n, size, size) and their captions."""

    images: NDArray[np.uint8]
    captions: list[str]


def phantom_set(plan: TrainingPlan, folder: Path) -> PhantomSet:
    """Draw the plan's phantoms, or read them back if an earlier start of the run drew them."""
    pictures, words = folder / "phantoms.npy", folder / "captions.json"
    if not words.exists():
        _draw(plan, pictures, words)
    images: NDArray[np.uint8] = np.load(pictures)
    return PhantomSet(images=images, captions=json.loads(words.read_text()))


def _draw(plan: TrainingPlan, pictures: Path, words: Path) -> None:
    first = FIRST_SEED + plan.seed * 1_000_000
    drawn = [draw_phantom(first + i, FINDINGS[i % len(FINDINGS)], plan.image_size) for i in range(plan.phantoms)]
    np.save(pictures, np.stack([phantom.image for phantom in drawn]))
    # Written last: its presence says that the pictures are complete.
    words.write_text(json.dumps([phantom.caption for phantom in drawn]))
