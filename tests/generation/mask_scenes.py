"""A drawn batch whose attention was kept, without a model: a bright disc that the maps find."""

from datetime import timedelta
from uuid import uuid4

import numpy as np
from django.core.files.base import ContentFile
from django.utils import timezone

from generation.actions.keeping_attention import store_attention
from generation.actions.mask_run_queueing import MaskOrder, queue_mask_run
from generation.diffusion.attention.wanted import Kept
from generation.models import Batch
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Definition
from lungstudy.library.pixels.encoding import encode_png
from tests.factories import BatchFactory, GeneratedImageFactory, ImageFactory, JobFactory

SIDE, GRID = 64, 16


def disc(side: int, row: float, radius: float = 0.25) -> np.ndarray:
    """True in a circle, in shares of the side."""
    rows, columns = (np.indices((side, side)) + 0.5) / side
    return np.hypot(rows - row, columns - 0.5) < radius


def maps_of(row: float) -> dict[int, np.ndarray]:
    return {GRID: (0.01 + 0.05 * disc(GRID, row)).astype(np.float32)}


def drawn_batch(count: int = 4, phrases: tuple[str, ...] = ("heart",)) -> Batch:
    """Image i has its disc a little lower than image i - 1."""
    batch = BatchFactory(count=count, attended={"phrases": list(phrases)}, dataset__licence="CC0")
    job = JobFactory(batch=batch, images_wanted=count, state=JobState.DONE)
    for index in range(count):
        row = 0.4 + 0.05 * index
        pixels = (60 + 120 * disc(SIDE, row)).astype(np.uint8)
        image = ImageFactory(dataset=batch.dataset, file=ContentFile(encode_png(pixels), "image.png"), patient_key="")
        one = GeneratedImageFactory(job=job, index=index, image=image, recipe={"seed": 100 + index})
        with_attention(one, {phrase: maps_of(row) for phrase in phrases})
    return batch


def with_attention(one, maps, missing=None) -> None:
    store_attention(generated=one, kept=Kept(maps, 1, 2, missing or {}), written=[])


def order(batch: Batch, **changes) -> MaskOrder:
    plain = {
        "batch": batch,
        "phrases": ("heart",),
        "structure": "heart",
        "definition": Definition.NOT_APPLICABLE,
        "method": "otsu",
        "name": "hearts",
        "parts": 1,
    }
    return MaskOrder(**{**plain, **changes})


def queued(batch: Batch, **changes):
    return queue_mask_run(order=order(batch, **changes), request_key=uuid4(), by=None)


def kill(run) -> None:
    """As a worker's sudden death leaves it."""
    past = timezone.now() - timedelta(hours=1)
    type(run).objects.filter(pk=run.pk).update(state=JobState.RUNNING, lease_until=past, finished_at=None)
