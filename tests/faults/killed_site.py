"""A site of its own in a folder, with real workers that a test may kill."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.services.process import start

REPOSITORY = Path(__file__).resolve().parent.parent.parent


class Site:
    """SQLite and the filesystem broker, as on a laptop, with leases of three seconds."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        foreign = ("LUNGSTUDY_", "DJANGO_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.env |= {"LUNGSTUDY_VAR": str(folder), "LUNGSTUDY_LEASE_SECONDS": "3", "OMP_NUM_THREADS": "1", **more}
        for name in ("broker", "broker-control", "media", "log"):
            (folder / name).mkdir(parents=True)
        self.processes: list[subprocess.Popen] = []
        self.manage("migrate", "--verbosity", "0")

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=REPOSITORY, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def python(self, code: str) -> object:
        """Run code with the site's settings; the last line it prints is JSON."""
        return json.loads(self.manage("shell", "--no-imports", "-c", code).splitlines()[-1])

    def celery(self, *arguments: str) -> subprocess.Popen:
        """Start a worker or beat."""
        command = [sys.executable, "-m", "celery", "-A", "lungstudy", *arguments]
        log = self.folder / "log" / f"{len(self.processes)}.log"
        process = start(command, log=log, env=self.env, cwd=REPOSITORY)
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen:
        """A worker that takes everything, in one process, so that killing it kills the drawing."""
        return self.celery("worker", "--pool", "solo", "-Q", "default,generate", "--loglevel", "INFO")

    def ask(self, question: str) -> list[tuple]:
        """Look into the database, as nobody's process."""
        with closing(sqlite3.connect(self.folder / "lungstudy.sqlite3", timeout=20)) as database:
            return database.execute(question).fetchall()

    def wait_for(self, condition: Callable[[], object], *, seconds: float = 480, every: float = 0.01) -> None:
        """Until the condition holds; the workers' logs are shown if it never does."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(every)

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted((self.folder / "log").iterdir()))

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
