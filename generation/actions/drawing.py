"""Draw a job's images and store each with its recipe; a worker does it, or a command in its own process."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from numpy.typing import NDArray

from generation.actions.leasing import lease_kept
from generation.actions.material import material_of
from generation.actions.memory import draw_fewer_at_once, is_out_of_memory
from generation.actions.pipelines import pipeline_of
from generation.actions.storing import store_drawn
from generation.diffusion.errors import DiffusionError
from generation.diffusion.material import NOTHING, Material
from generation.diffusion.recipe import Recipe
from generation.models import Batch, Job
from generation.models.job import JobPausedError
from lungstudy.jobs.models import JobCancelledError, JobState, LeaseLostError
from lungstudy.library.actions.storing import StorageFullError, is_disk_full

SECONDS_BETWEEN_REPORTS = 1.0

log = logging.getLogger(__name__)


def draw_next() -> None:
    """Draw the job that comes first in the queue, if any: each job has sent one message, whichever is drawn for it."""
    while (first := Job.objects.claimable().values_list("pk", flat=True).first()) is not None:
        if draw_job(first):
            return


def draw_job(job_id: int) -> bool:
    """Take the job, draw what it still lacks, and say how it ended; False if another worker has it."""
    job = Job.objects.claim(job_id)
    if job is None:
        return False
    if not ended(job):
        draw_job(job_id)  # only now, with the error gone, is the memory free that the larger shape took
    return True


def ended(job: Job) -> bool:
    """Draw a job that this worker holds; False if it is to be tried once more with fewer images at once."""
    try:
        draw_missing(job)
    except LeaseLostError:
        log.warning("%s was taken over by another worker", job)
    except JobCancelledError:
        job.release(state=JobState.CANCELLED)
    except JobPausedError:
        job.put_back()
    except (DiffusionError, StorageFullError) as exc:
        job.release(state=JobState.FAILED, reason=str(exc))
    except Exception as exc:
        if is_out_of_memory(exc):
            return not draw_fewer_at_once(job)
        log.exception("%s failed", job)
        close_old_connections()
        job.release(state=JobState.FAILED, reason=sentence_for(exc))
    else:
        job.release(state=JobState.DONE)
    return True


def draw_now(batch: Batch) -> None:
    """Draw all that a batch lacks in this very process, without a queue.

    Raises
    ------
    DiffusionError
        If a job failed, with its reason; what was stored stays.
    """
    for job_id in list(batch.jobs.claimable().order_by("first_index").values_list("pk", flat=True)):
        draw_job(job_id)
    if failed := batch.jobs.filter(state=JobState.FAILED).first():
        raise DiffusionError(failed.reason)


def draw_missing(job: Job) -> None:
    """Draw the job's images in one go at its fixed shape, and store those that are not there yet.

    All are drawn even if some are stored: each keeps its place, so that a job that was killed gives the same images.
    """
    missing = job.missing()
    if not missing:
        return
    with lease_kept(job):
        job.report_step(0)
        pipeline, given = pipeline_of(job.batch.generator), material_of(job.batch)
        started = time.monotonic()
        images = draw(pipeline, [job.recipe(index) for index in job.indexes], every_second(job.report_step), given)
        seconds = (time.monotonic() - started) / job.images_wanted
        for index in missing:
            store_drawn(job=job, index=index, pixels=images[index - job.first_index], seconds=seconds)
            job.keep_lease(done=job.images.count())


def draw(
    pipeline: Any, recipes: list[Recipe], on_step: Callable[[int], None], given: Material = NOTHING
) -> list[NDArray[Any]]:
    """The images of these recipes."""
    from generation.diffusion.sampling import sample  # keeps torch out of the web process

    return sample(pipeline, recipes, on_step, given)


def every_second(report: Callable[[int], None]) -> Callable[[int], None]:
    """Passes on the first step, then at most one a second: a fast model must not spend its time on the database."""
    last = float("-inf")

    def throttled(step: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_REPORTS:
            last = time.monotonic()
            report(step)

    return throttled


def sentence_for(error: Exception) -> str:
    """What to tell the researcher about an error that nobody foresaw; the traceback is in the worker's log."""
    if is_disk_full(error):
        return str(StorageFullError())
    if is_out_of_memory(error):
        return "The worker has too little memory for this; take a smaller size or fewer at once, or another worker."
    first_line = (str(error).strip().splitlines() or ["no message"])[0][:200]
    return f"The worker met an error ({type(error).__name__}: {first_line}); see its log, then retry."
