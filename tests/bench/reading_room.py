"""Many readers at once, without a pause to think: trials per second, waits for page, image and answer, processor time.

Run it with: python -m tests.bench.reading_room (both databases; the web server as `manage.py up` starts it).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil

from tests.bench.reading_reader import Seat, Waits, sign_in, together
from tests.services import process
from tests.services.postgres import DURABLE, Postgres

REPOSITORY = Path(__file__).resolve().parents[2]
ARMS = [(8, 200), (50, 200)]
MEGABYTE = 1024**2
COLUMNS = [
    "database",
    "readers x images",
    "trials/s",
    "page p50 / p95 / p99 (ms)",
    "image p50 / p95 / p99 (ms)",
    "answer p50 / p95 / p99 (ms)",
    "CPU per trial: web, database, client (ms)",
    "other work on the cores (%)",
    "largest web process (MB)",
    "answers sent = stored = keys = slots read",
]


@dataclass(frozen=True)
class Outcome:
    """What the readers saw, and what it took of the machine."""

    pages: Waits
    trials: Waits
    web_seconds: float
    database_seconds: float
    busy_seconds: float
    megabytes: float

    @property
    def others_percent(self) -> float:
        """How much of the cores went to work that is not ours while everybody read."""
        ours = self.web_seconds + self.database_seconds + self.trials.cpu_seconds
        return 100 * (self.busy_seconds - ours) / (psutil.cpu_count() * self.trials.seconds)

    def row(self, database: str, readers: int, images: int, stored: dict[str, int]) -> str:
        """A row of the table; the counts at its end are the proof that nothing was lost or doubled."""
        waits = self.trials.milliseconds
        sent = len(waits["answer"])
        right = sent == readers * images and set(stored.values()) == {sent}
        cpu = (self.web_seconds, self.database_seconds, self.trials.cpu_seconds)
        cells = [
            database,
            f"{readers} x {images}",
            f"{sent / self.trials.seconds:.0f}",
            percentiles(self.pages.milliseconds["page"]),
            percentiles(waits["image"]),
            percentiles(waits["answer"]),
            ", ".join(f"{1000 * seconds / sent:.1f}" for seconds in cpu),
            f"{self.others_percent:.0f}",
            f"{self.megabytes:.0f}",
            f"{sent} = {stored['verdicts']} = {stored['keys']} = {stored['current']}{'' if right else ' WRONG'}",
        ]
        return f"| {' | '.join(cells)} |"


def percentiles(milliseconds: list[float]) -> str:
    """Median, 95th and 99th percentile."""
    return " / ".join(f"{value:.0f}" for value in np.percentile(milliseconds, [50, 95, 99]))


def python(environment: dict[str, str], *arguments: str) -> str:
    """Run Python in the repository with these stores; what it printed."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def web_server(environment: dict[str, str], var: Path) -> Iterator[tuple[int, psutil.Process]]:
    """gunicorn as the site starts it on one machine."""
    port, log = process.free_port(), var / "web.log"
    command = [sys.executable, "-m", "gunicorn", "lungstudy.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    running = process.start(command, log=log, env=environment, cwd=REPOSITORY)
    process.wait_until(lambda: process.answers(port), process=running, log=log, seconds=60)
    try:
        yield port, psutil.Process(running.pid)
    except (OSError, AssertionError):
        print(log.read_text(errors="replace")[-4000:])
        raise
    finally:
        process.stop(running)


def read_together(client: Executor, seats: list[Seat], web: psutil.Process, database: psutil.Process | None) -> Outcome:
    """Everybody opens the page, then all read at once; the client has a process of its own."""
    pages = client.submit(together, seats, Seat.open_room).result()
    before = cpu_seconds(web), cpu_seconds(database), busy_seconds()
    trials = client.submit(together, seats, Seat.read).result()
    after = cpu_seconds(web), cpu_seconds(database), busy_seconds()
    megabytes = max(child.memory_info().rss for child in web.children()) / MEGABYTE
    return Outcome(pages, trials, *(late - early for early, late in zip(before, after, strict=True)), megabytes)


def cpu_seconds(server: psutil.Process | None) -> float:
    """Processor time of a server's processes so far; says more than the clock where others use the machine too."""
    if server is None:
        return 0.0
    times = [one.cpu_times() for one in (server, *server.children())]
    return sum(one.user + one.system for one in times)


def busy_seconds() -> float:
    """Processor time that this machine has spent so far on anything."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)


def measure(database: str, readers: int, images: int, server: psutil.Process | None = None, **settings: str) -> str:
    """One row: a new site on this database, read by everybody."""
    with tempfile.TemporaryDirectory(prefix="lungstudy-bench-") as stores, own_process() as client:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lungstudy.settings", "LUNGSTUDY_LOG_LEVEL": "WARNING"}
        environment |= {"LUNGSTUDY_VAR": stores, **settings}
        python(environment, "manage.py", "migrate", "-v0")
        python(environment, "manage.py", "collectstatic", "--noinput", "-v0")
        places = json.loads(python(environment, "-m", "tests.bench.seeding", "study", str(readers), str(images)))
        with web_server(environment, Path(stores)) as (port, web):
            with ThreadPoolExecutor(4) as doors:
                seats = list(doors.map(lambda place: sign_in(port, **place), places))
            outcome = read_together(client, seats, web, server)
        stored = json.loads(python(environment, "-m", "tests.bench.seeding", "readings"))
        return outcome.row(database, readers, images, stored)


def own_process() -> Executor:
    """One process that holds the readers' connections, so that neither side waits for the other's interpreter."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def main() -> None:
    """Measure both databases and print the table."""
    print(f"Images of 768 pixels; {psutil.cpu_count()} cores, which web, database and client share.\n")
    print(f"| {' | '.join(COLUMNS)} |")
    print(f"|{'---|' * len(COLUMNS)}", flush=True)
    for readers, images in ARMS:
        print(measure("SQLite", readers, images), flush=True)
        server = Postgres(DURABLE)
        try:
            address = server.create_database("bench")
            main_process = psutil.Process(server.server.pid)
            row = measure("Postgres", readers, images, main_process, LUNGSTUDY_DATABASE_URL=address)
            print(row, flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
