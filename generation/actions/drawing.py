"""Draw a job's images and store each with its recipe; a worker does it, or a command in its own process."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

from numpy.typing import NDArray

from generation.actions.ending import WaitsAgainError, end_noted
from generation.actions.leasing import every_second, lease_kept
from generation.actions.material import material_of
from generation.actions.memory import draw_fewer_at_once, is_out_of_memory
from generation.actions.pipelines import pipeline_of
from generation.actions.storing import store_drawn
from generation.diffusion.attention.wanted import NO_ATTENTION, Kept, Wanted, wanted_from
from generation.diffusion.errors import DiffusionError
from generation.diffusion.material import NOTHING, Material
from generation.diffusion.recipe import Recipe
from generation.models import Batch, Job
from generation.models.job import JobPausedError
from lungstudy.jobs.models import JobState

Work = Callable[[], None]
Store = Callable[[Work], None]
"""Does the storing: at once, or beside the next job's drawing."""


class Drawn(NamedTuple):
    """Images by their place in the batch, the attention that was kept of each, and the seconds that each took."""

    images: dict[int, NDArray[Any]]
    attention: dict[int, Kept]
    seconds: float


def at_once(work: Work) -> None:
    """Stores before anything else is done."""
    work()


def draw_next(store: Store = at_once) -> None:
    """Draw the job that comes first in the queue, if any: each job has sent one message, whichever is drawn for it."""
    while (first := Job.objects.claimable().values_list("pk", flat=True).first()) is not None:
        if draw_job(first, store):
            return


def draw_job(job_id: int, store: Store = at_once) -> bool:
    """Take the job, draw what it still lacks, store it, and say how it ended; False if another worker has it."""
    job = Job.objects.claim(job_id)
    if job is None:
        return False
    if not ended(job, store):
        draw_job(job_id, store)  # only now, with the error gone, is the memory free that the larger shape took
    return True


def ended(job: Job, store: Store = at_once) -> bool:
    """Draw a job that this worker holds; False if it is to be tried once more with fewer images at once."""
    with ExitStack() as lease:
        lease.enter_context(lease_kept(job))
        try:
            with drawing_noted(job):
                drawn = draw_missing(job)
                held = lease.pop_all()  # until all is stored
                store(lambda: store_all(job, drawn, held))
        except WaitsAgainError:
            return False
    return True


def store_all(job: Job, drawn: Drawn, lease: ExitStack) -> None:
    """Store a job's images and end it."""
    with lease, end_noted(job):
        for index, pixels in drawn.images.items():
            kept = drawn.attention.get(index)
            store_drawn(job=job, index=index, pixels=pixels, seconds=drawn.seconds, kept=kept)
            job.keep_lease(done=job.images.count())
        job.release(state=JobState.DONE)


@contextmanager
def drawing_noted(job: Job) -> Iterator[None]:
    """Note on the job why it could not be drawn, or put it back.

    Raises
    ------
    WaitsAgainError
        It did not fit into memory and waits to be drawn with fewer images at once.
    """
    with end_noted(job):
        try:
            yield
        except JobPausedError:
            job.put_back()
        except Exception as exc:
            if not is_out_of_memory(exc):
                raise
            if draw_fewer_at_once(job):
                raise WaitsAgainError from None


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


def draw_missing(job: Job) -> Drawn:
    """Draw the job's images in one go at its fixed shape; those that are not stored yet.

    All are drawn even if some are stored: each keeps its place, so that a job that was killed gives the same images.
    """
    missing = job.missing()
    if not missing:
        return Drawn({}, {}, 0)
    job.report_step(0)
    pipeline, given = pipeline_of(job.batch.generator), material_of(job.batch)
    started = time.monotonic()
    recipes = [job.recipe(index) for index in job.indexes]
    wanted = wanted_from(job.batch.attended)
    images, attention = draw(pipeline, recipes, every_second(job.report_step), given, wanted)
    seconds = (time.monotonic() - started) / job.images_wanted
    by_index = {index: images[index - job.first_index] for index in missing}
    return Drawn(by_index, {index: attention[index - job.first_index] for index in missing if attention}, seconds)


def draw(
    pipeline: Any,
    recipes: list[Recipe],
    on_step: Callable[[int], None],
    given: Material = NOTHING,
    wanted: Wanted = NO_ATTENTION,
) -> tuple[list[NDArray[Any]], list[Kept]]:
    """The images of these recipes, and where phrases are wanted what was kept of each."""
    from generation.diffusion.attention.capture import Capture  # keeps torch out of the web process
    from generation.diffusion.sampling import sample

    capture = Capture(wanted)
    images = sample(pipeline, recipes, on_step, given, capture)
    return images, capture.images
