"""Keeps a job's lease alive while one of its steps takes long, and its progress from being told too often."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from lungstudy.jobs.models import JobCancelledError, LeasedJob, LeaseLostError

SECONDS_BETWEEN_REPORTS = 1.0


@contextmanager
def lease_kept(job: LeasedJob) -> Iterator[None]:
    """Renew the lease from a second thread until the block ends.

    A lost lease or a cancelled job ends only the renewing: the drawing thread learns of either at its next step.
    """
    ended = Event()
    renewing = Thread(target=_renew, args=(job, ended), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()


def _renew(job: LeasedJob, ended: Event) -> None:
    with suppress(LeaseLostError, JobCancelledError):
        while not ended.wait(settings.LEASE_SECONDS / 3):
            try:
                job.keep_lease()
            except (OperationalError, InterfaceError):
                connection.close()  # busy or restarted: the next turn, before the lease ends, connects anew
    connection.close()


def every_second(report: Callable[[int], None]) -> Callable[[int], None]:
    """Passes on the first step, then at most one a second: a fast model must not spend its time on the database."""
    last = float("-inf")

    def throttled(step: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_REPORTS:
            last = time.monotonic()
            report(step)

    return throttled
