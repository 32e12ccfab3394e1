"""Stores what a worker has drawn in a second thread, while the next job is being drawn."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from generation.actions.drawing import Work

log = logging.getLogger(__name__)


class StoringBeside:
    """One job's images at most wait while another's are stored, so that memory stays bounded.

    The job stays running, under its lease, until all is stored: if the process dies, another worker draws it again. A
    process that ends by itself waits for what it has begun.
    """

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._pending: Future[None] | None = None

    def __call__(self, work: Work) -> None:
        """Store, as soon as what came before is stored."""
        self.wait()
        self._thread = self._thread or ThreadPoolExecutor(max_workers=1, thread_name_prefix="storing")
        self._pending = self._thread.submit(and_hang_up, work)

    def wait(self) -> None:
        """Until nothing is left to store; what went wrong is logged, for whoever waits here has another job."""
        pending, self._pending = self._pending, None
        if pending and (error := pending.exception()):
            log.error("A job was not stored to its end; it is drawn again when its lease is over", exc_info=error)


def and_hang_up(work: Work) -> None:
    """The thread's own connection to the database is not kept open between jobs."""
    try:
        work()
    finally:
        connection.close()
