"""How a worker's job ends when something goes wrong, noted on the job; one way for drawing, training and the others."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, close_old_connections

from generation.actions.memory import is_out_of_memory
from generation.diffusion.errors import DiffusionError
from lungstudy.jobs.models import JobCancelledError, JobState, LeasedJob, LeaseLostError
from lungstudy.library.actions.storing import StorageFullError, is_disk_full

log = logging.getLogger(__name__)


class WaitsAgainError(Exception):
    """The job was put back to be tried in another way; its end is still to come."""


def sentence_for(error: Exception) -> str:
    """What to tell the researcher about an error that nobody foresaw; the traceback is in the worker's log."""
    if is_disk_full(error):
        return str(StorageFullError())
    if is_out_of_memory(error):
        return "The worker has too little memory for this; take a smaller size or fewer at once, or another worker."
    first_line = (str(error).strip().splitlines() or ["no message"])[0][:200]
    return f"The worker met an error ({type(error).__name__}: {first_line}); see its log, then retry."


def is_database_away(error: BaseException) -> bool:
    """Whether the database did not answer, was locked for too long or hung up; a full disk is another matter."""
    return isinstance(error, (OperationalError, InterfaceError)) and not is_disk_full(error)


@contextmanager
def end_noted(job: LeasedJob, sentence: Callable[[Exception], str] = sentence_for) -> Iterator[None]:
    """Note on the job why it ended early; whoever finishes it says so itself.

    A job that lost the database is left to its lease: when that has ended a worker takes it again, as often as any job
    may be tried.

    Raises
    ------
    WaitsAgainError
        As the block raised it.
    """
    try:
        with early_end_noted(job, sentence):
            yield
    except (OperationalError, InterfaceError) as exc:
        if not is_database_away(exc):
            raise
        # By its number: to name it in words would ask the database.
        log.warning("%s %s is left to its lease, the database is away", type(job).__name__, job.pk, exc_info=exc)
        close_old_connections()


@contextmanager
def early_end_noted(job: LeasedJob, sentence: Callable[[Exception], str]) -> Iterator[None]:
    """As `end_noted`, where the database answers; passes on that it does not, then or while the end is noted."""
    try:
        yield
    except WaitsAgainError:
        raise
    except LeaseLostError:
        log.warning("%s was taken over by another worker", job)
    except JobCancelledError:
        job.release(state=JobState.CANCELLED)
    except (DiffusionError, StorageFullError) as exc:
        log.warning("%s failed: %s", job, exc)
        job.release(state=JobState.FAILED, reason=str(exc))
    except Exception as exc:
        if is_database_away(exc):
            raise
        log.exception("%s failed", job)
        close_old_connections()
        job.release(state=JobState.FAILED, reason=sentence(exc))
