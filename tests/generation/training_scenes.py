"""Data sets of small phantoms and trainings that are queued as the page queues them."""

from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from PIL import Image as Pillow

from generation.actions.training_orders import TrainingOrder
from generation.actions.training_queueing import queue_training
from generation.diffusion.learning.plan import EMBEDDING, LearningPlan
from generation.models import TrainingRun
from lungstudy.library.models import Dataset
from lungstudy.library.pixels.phantom import draw_phantom
from tests.factories import DatasetFactory, ImageFactory

WORD = "<large-heart>"


def phantom_file(seed: int) -> ContentFile:
    buffer = BytesIO()
    Pillow.fromarray(draw_phantom(seed, "cardiomegaly", 64).image).save(buffer, "PNG")
    return ContentFile(buffer.getvalue(), name="image.png")


def hearts(count: int = 6, *, patients: int | None = None, **facts: Any) -> Dataset:
    """Phantoms with a large heart, each of a patient of its own unless `patients` share them."""
    dataset = DatasetFactory(phantoms=True, licence="CC0")
    for seed in range(count):
        known = {"finding": "cardiomegaly", "view": "PA", "patient_key": f"P{seed % (patients or count)}", **facts}
        ImageFactory(dataset=dataset, seed=seed, file=phantom_file(seed), **known)
    return dataset


def plan_with(**changes: Any) -> LearningPlan:
    plain = {"size": 64, "steps": 3, "batch": 2, "rate": 1e-3, "variants": 1, "word": WORD, "vectors": 2}
    return LearningPlan(**{"kind": EMBEDDING, **plain, **changes})


def order_for(generator, dataset=None, **changes: Any) -> TrainingOrder:
    """Order fields by their names, and the plan's as `plan`."""
    plan = plan_with(**changes.pop("plan", {}))
    plain = {
        "name": plan.word if plan.kind == EMBEDDING else "soft", "generator": generator,
        "datasets": [dataset or hearts()], "template": "{view} chest radiograph, {word}, {finding}",
        "held_out_share": 0.2, "sample_prompt": f"chest radiograph, {WORD}",
    }  # fmt: skip
    return TrainingOrder(**{**plain, **changes}, plan=plan)


def queued(generator, dataset=None, by=None, **changes: Any) -> TrainingRun:
    return queue_training(order=order_for(generator, dataset, **changes), request_key=uuid4(), by=by)
