"""Eight readers at once, without a pause to think: trials per second, waits for image and verdict, memory.

Run it with: python -m tests.bench.reading_room (both databases; the web server as `manage.py up` starts it).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from tests.bench.reading_reader import BenchReader
from tests.services import process
from tests.services.postgres import DURABLE, Postgres

REPOSITORY = Path(__file__).resolve().parents[2]
PASSES = 3
MEGABYTE = 1024**2
HEADER = (
    "| database | trials/s | next image p50 / p95 / p99 (ms) | verdict p50 / p95 / p99 (ms) | web CPU per trial (ms) "
    "| largest web process (MB) | verdicts sent = stored = under own key |"
)


@dataclass(frozen=True)
class Outcome:
    """What eight readers saw."""

    seconds: float
    image_ms: list[float]
    verdict_ms: list[float]
    cpu_seconds: float
    megabytes: float

    def row(self, database: str, stored: dict[str, int]) -> str:
        """A row of the table; the counts at its end are the check that nothing was lost or doubled."""
        trials = len(self.verdict_ms)
        right = stored["verdicts"] == stored["keys"] == trials and stored["current"] == stored["slots"]
        cells = [
            database,
            f"{trials / self.seconds:.0f}",
            percentiles(self.image_ms),
            percentiles(self.verdict_ms),
            f"{1000 * self.cpu_seconds / trials:.1f}",
            f"{self.megabytes:.0f}",
            f"{trials} = {stored['verdicts']} = {stored['keys']}{'' if right else ' WRONG'}",
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
    command = [sys.executable, "-m", "gunicorn", "lungstudy.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    running = process.start(command, log=log, env=environment, cwd=REPOSITORY)
    process.wait_until(lambda: process.answers(port), process=running, log=log, seconds=60)
    try:
        yield port, psutil.Process(running.pid)
    except (OSError, AssertionError):
        print(log.read_text(errors="replace")[-4000:])
        raise
    finally:
        process.stop(running)


def read_together(readers: list[BenchReader], web: psutil.Process) -> Outcome:
    """Everybody signs in, then all read at once."""
    with ThreadPoolExecutor(len(readers)) as seats:
        list(seats.map(BenchReader.enter, readers))
        before, started = cpu_seconds(web), time.monotonic()
        for sequence in range(1, PASSES + 1):
            list(seats.map(lambda reader, count=sequence: reader.read_all(count), readers))
        seconds = time.monotonic() - started
    return Outcome(
        seconds,
        [value for reader in readers for value in reader.image_ms],
        [value for reader in readers for value in reader.verdict_ms],
        cpu_seconds(web) - before,
        max(child.memory_info().rss for child in web.children()) / MEGABYTE,
    )


def cpu_seconds(web: psutil.Process) -> float:
    """Processor time of the web processes so far; says more than the clock where others use the machine too."""
    times = [child.cpu_times() for child in web.children()]
    return sum(one.user + one.system for one in times)


def measure(database: str, **settings: str) -> str:
    """One row: a new site on this database, read by everybody."""
    with tempfile.TemporaryDirectory(prefix="lungstudy-bench-") as stores:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "lungstudy.settings", "LUNGSTUDY_LOG_LEVEL": "WARNING"}
        environment |= {"LUNGSTUDY_VAR": stores, **settings}
        python(environment, "manage.py", "migrate", "-v0")
        python(environment, "manage.py", "collectstatic", "--noinput", "-v0")
        places = json.loads(python(environment, "-m", "tests.bench.seeding", "study"))
        with web_server(environment, Path(stores)) as (port, web):
            outcome = read_together([BenchReader(port, **place) for place in places], web)
        return outcome.row(database, json.loads(python(environment, "-m", "tests.bench.seeding", "readings")))


def machine() -> str:
    """How busy this machine was before we began."""
    busy = psutil.cpu_percent(interval=2)
    return f"{psutil.cpu_count()} cores, {busy:.0f} % busy with other work before the start"


def main() -> None:
    """Measure both databases and print the table."""
    print(f"Eight readers, 60 images of 768 pixels, {PASSES} passes; {machine()}.\n\n{HEADER}")
    print(f"|{'---|' * 7}", flush=True)
    print(measure("SQLite"), flush=True)
    server = Postgres(DURABLE)
    try:
        print(measure("Postgres", LUNGSTUDY_DATABASE_URL=server.create_database("bench")), flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
