"""Writers of the embedded database take turns: SQLite lets one write at a time and makes the others poll for it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def my_turn() -> Iterator[None]:
    """Wait in line, across threads and processes, until this thread may write; at once on any other database.

    Without it eight readers who answer at the same moment meet SQLite's own polling, which sleeps up to 0.1 s between
    tries. The system ends the turn of a process that dies.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with (settings.VAR / "writers.lock").open("a") as line:
        fcntl.flock(line, fcntl.LOCK_EX)  # closing the file ends the turn
        yield
