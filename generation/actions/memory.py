"""What to do about a job that does not fit into a worker's memory: draw fewer images at once."""

import logging

from django.db import transaction

from generation.actions.pipelines import KEPT
from generation.models import Job
from lungstudy.jobs.models import JobState

TOO_LARGE = "The worker has too little memory for one image of this size; draw smaller ones, or use another worker."

log = logging.getLogger(__name__)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the machine (MemoryError) or its graphics card (torch.OutOfMemoryError) had no room."""
    # By name, since torch is not loaded here; the processor's allocator says it in words only.
    words = str(error)
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "not enough memory" in words)
    )


@transaction.atomic
def draw_fewer_at_once(job: Job) -> bool:
    """Let this job, and what waits of its batch, be drawn at half the shape; fails it where that was one image.

    The shape is part of each recipe, so every image says how many it was drawn with.
    """
    if job.shape == 1:
        job.release(state=JobState.FAILED, reason=TOO_LARGE)
        return False
    half = job.shape // 2
    log.warning("%s: %d images at once do not fit into memory, so %d are drawn at once", job, job.shape, half)
    KEPT.keep_only_the_last()
    if not job.put_back(batch_shape=half):
        return False
    waiting = job.batch.jobs.filter(state=JobState.QUEUED)
    Job.objects.filter(pk__in=[one.pk for one in waiting if one.shape > half]).update(batch_shape=half)
    return True
