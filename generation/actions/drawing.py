"""Draw a job's images and store each with its recipe; a worker does it, or a command in its own process."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from math import ceil
from typing import Any, NamedTuple

from numpy.typing import NDArray

from generation.actions.ending import WaitsAgainError, end_noted
from generation.actions.leasing import every_second, lease_kept
from generation.actions.material import material_of
from generation.actions.memory import draw_fewer_after_dead_workers, draw_fewer_at_once, is_out_of_memory
from generation.actions.pipelines import pipeline_of
from generation.actions.storing import store_drawn
from generation.diffusion.attention.wanted import Kept, Wanted, wanted_from
from generation.diffusion.errors import DiffusionError, DrawingError, LackingError
from generation.diffusion.material import Material
from generation.diffusion.recipe import Recipe
from generation.models import Batch, Job
from generation.models.job import JobPausedError
from lungstudy.jobs.models import JobState

Work = Callable[[], None]
Store = Callable[[Work], None]
"""Does the storing: at once, or beside the next job's drawing."""


class Drawn(NamedTuple):
    """Images by their place in the batch, the attention that was kept of each, and the seconds that each took.

    `lacking` has the reason of each that the model computed no picture of.
    """

    images: dict[int, NDArray[Any]]
    attention: dict[int, Kept]
    seconds: float
    lacking: dict[int, str]


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
                draw_fewer_after_dead_workers(job)
                drawn = draw_missing(job)
                held = lease.pop_all()  # until all is stored
                store(lambda: store_all(job, drawn, held))
        except WaitsAgainError:
            return False
    return True


def store_all(job: Job, drawn: Drawn, lease: ExitStack) -> None:
    """Store a job's images and end it; one that cannot be stored takes none of the others with it."""
    with lease, end_noted(job):
        lacking = dict(drawn.lacking)
        for index, pixels in drawn.images.items():
            kept = drawn.attention.get(index)
            try:
                store_drawn(job=job, index=index, pixels=pixels, seconds=drawn.seconds, kept=kept)
            except DiffusionError as exc:
                lacking[index] = str(exc)
            job.keep_lease(done=job.images.count())
        if lacking:
            raise DrawingError(sentence_of_lacking(job, lacking))
        job.release(state=JobState.DONE)


def sentence_of_lacking(job: Job, reasons: dict[int, str]) -> str:
    """Which images of a job are missing and why; the reason alone where it is one and the same for all of the job."""
    if len(reasons) == job.images_wanted and len(set(reasons.values())) == 1:
        return next(iter(reasons.values()))
    indexes = sorted(reasons)
    seeds = ", ".join(str(job.recipe(index).seed) for index in indexes)
    if len(indexes) == 1:
        return f"Image {indexes[0] + 1} (seed {seeds}) is missing: {reasons[indexes[0]]}"
    numbers = ", ".join(str(index + 1) for index in indexes)
    return f"Images {numbers} (seeds {seeds}) are missing, the first for this reason: {reasons[indexes[0]]}"


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
    """Draw those of the job's images that are not stored yet, in one go at its fixed shape."""
    missing = job.missing()
    if not missing:
        return Drawn({}, {}, 0, {})
    job.report_step(0)
    pipeline, given = pipeline_of(job.batch.generator), material_of(job.batch)
    started = time.monotonic()
    indexes = drawn_with(job, missing)
    recipes, wanted = [job.recipe(index) for index in indexes], wanted_from(job.batch.attended)
    found, kept, reason = draw_what_can_be(pipeline, recipes, steps_told(job, indexes), given, wanted)
    images = {index: image for index, image in zip(indexes, found, strict=True) if index in missing}
    good = {index: image for index, image in images.items() if image is not None}
    attention = {index: one for index, one in zip(indexes, kept, strict=False) if index in good}
    seconds = (time.monotonic() - started) / len(indexes)
    return Drawn(good, attention, seconds, dict.fromkeys(images.keys() - good.keys(), reason))


def steps_told(job: Job, indexes: list[int]) -> Callable[[int], None]:
    """Tells the job how far it is in all its groups: those that need no drawing any more are behind it."""
    behind = job.n_groups - ceil(len(indexes) / job.shape)
    before = behind * job.recipe(indexes[0]).steps_taken
    return every_second(lambda step: job.report_step(before + step))


def drawn_with(job: Job, missing: list[int]) -> list[int]:
    """What is drawn for the sake of the missing: whole groups of the job's shape, in which each keeps its place.

    So a job that was killed gives the same images.
    """
    groups = {(index - job.first_index) // job.shape for index in missing}
    return [index for index in job.indexes if (index - job.first_index) // job.shape in groups]


def draw_what_can_be(
    pipeline: Any, recipes: list[Recipe], on_step: Callable[[int], None], given: Material, wanted: Wanted
) -> tuple[Sequence[NDArray[Any] | None], list[Kept], str]:
    """The images, None in the place of each that the model computed no picture of, what was kept, and why they lack."""
    from generation.diffusion.attention.capture import Capture  # keeps torch out of the web process
    from generation.diffusion.sampling import sample

    capture = Capture(wanted)
    try:
        return sample(pipeline, recipes, on_step, given, capture), capture.images, ""
    except LackingError as exc:
        return exc.images, capture.images, str(exc)
