"""Small trainings on tiny models: pictures, a plan, a learner, and how to take its steps."""

from pathlib import Path
from typing import Any

from generation.diffusion.learning.beginning import learner_of
from generation.diffusion.learning.examples import ImageSet, image_set
from generation.diffusion.learning.learner import Learner
from generation.diffusion.learning.plan import EMBEDDING, LearningPlan
from lungstudy.library.pixels.phantom import draw_phantom

WORD = "<large-heart>"


def pictures(count: int, caption: str, first: int = 0) -> list[tuple[Any, str]]:
    """Phantoms under one caption."""
    return [(draw_phantom(first + seed, "cardiomegaly", 64).image, caption) for seed in range(count)]


def plan_with(kind: str = EMBEDDING, **changes: Any) -> LearningPlan:
    """A training of seconds."""
    plain = {"size": 64, "steps": 6, "batch": 2, "rate": 1e-3, "variants": 2, "word": WORD, "vectors": 3}
    return LearningPlan(**{"kind": kind, **plain, **changes})


def images_for(caption: str = f"chest radiograph, {WORD}", held_out: int = 1) -> ImageSet:
    return image_set(pictures(3, caption), pictures(held_out, caption, first=90), plan_with())


def begin(folder: Path | None, plan: LearningPlan, images: ImageSet | None = None, kept: Path | None = None) -> Learner:
    return learner_of(plan, folder, images or images_for(), kept)


def steps(learner: Learner, count: int) -> list[float]:
    return [learner.take_step() for _ in range(count)]
