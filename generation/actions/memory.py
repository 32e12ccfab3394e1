"""What to do about a job that does not fit into a worker's memory: draw fewer images at once."""

import logging

from django.db import transaction

from generation.actions.pipelines import let_go_of_others
from generation.models import Job
from lungstudy.jobs.models import JobState

# A kernel that runs out of memory kills a worker without a word. One dead worker may be any mishap, and the next draws
# the same pixels; after two in a row memory is the likely reason.
DEAD_WORKERS_BEFORE_FEWER = 2
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
    """Let this job, and what waits of its batch, be drawn at half the shape.

    One image is tried once more where that frees the memory of other models, and fails where there are none.
    """
    others = let_go_of_others(job.batch.generator)
    if job.shape == 1 and not others:
        job.release(state=JobState.FAILED, reason=TOO_LARGE)
        return False
    fewer = max(1, job.shape // 2)
    log.warning("%s: no room for %d at once; now %d, with no other model loaded", job, job.shape, fewer)
    if not job.put_back(batch_shape=fewer):
        return False
    plan_what_waits(job, fewer)
    return True


@transaction.atomic
def draw_fewer_after_dead_workers(job: Job) -> None:
    """Halve the shape of a job, and of what waits of its batch, at its third attempt and each that follows."""
    if job.attempts <= DEAD_WORKERS_BEFORE_FEWER:
        return
    let_go_of_others(job.batch.generator)
    fewer = max(1, job.shape // 2)
    log.warning("%s: %d workers died on it, perhaps for want of memory; drawn %d at once", job, job.attempts - 1, fewer)
    job.draw_at(fewer)
    plan_what_waits(job, fewer)


def plan_what_waits(job: Job, shape: int) -> None:
    """No job of the batch that waits is drawn with more images at once.

    The shape is part of each recipe, so every image says how many it was drawn with.
    """
    waiting = job.batch.jobs.filter(state=JobState.QUEUED)
    Job.objects.filter(pk__in=[one.pk for one in waiting if one.shape > shape]).update(batch_shape=shape)
