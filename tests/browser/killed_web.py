"""A site of its own with a reader's study, behind a web server that a test kills without warning and starts again."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil

from tests.services import process

REPOSITORY = Path(__file__).resolve().parents[2]
MAKE_STUDY = """
import json
from django.test import Client
from tests.browser.seat import grey_study
assignment = grey_study({images})
client = Client()
client.force_login(assignment.reader)
print(json.dumps([str(assignment.token), client.cookies["sessionid"].value]))
"""
STORED = """
select slot.position, reading.verdict, reading.counted from reader_reading reading
join reader_slot slot on slot.id = reading.slot_id order by slot.position, reading.sequence
"""


class KilledWeb:
    """SQLite and gunicorn, as on a laptop."""

    def __init__(self, folder: Path, images: int) -> None:
        self.folder = folder
        foreign = ("LUNGSTUDY_", "DJANGO_")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self.env |= {"LUNGSTUDY_VAR": str(folder), "OMP_NUM_THREADS": "1"}
        self.port = process.free_port()
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        made = self.manage("shell", "--no-imports", "-c", MAKE_STUDY.format(images=images))
        self.assignment, self.session = json.loads(made.splitlines()[-1])
        self.web: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=REPOSITORY, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """The web server of a laptop."""
        log = self.folder / "web.log"
        command = [sys.executable, "-m", "gunicorn", "lungstudy.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--worker-class", "gthread", "--threads", "4"]
        self.web = process.start(command, log=log, env=self.env, cwd=REPOSITORY)
        process.wait_until(lambda: process.answers(self.port), process=self.web, log=log, seconds=60)

    def kill(self) -> None:
        """No goodbye, and no worker that outlives its master: what was not on disk is gone."""
        if self.web is None:
            return
        master = psutil.Process(self.web.pid)
        for one in [*master.children(recursive=True), master]:
            one.kill()
        self.web.wait()
        self.web = None

    def stored(self) -> list[tuple]:
        """Every reading on disk: position, verdict, whether it counts."""
        with closing(sqlite3.connect(self.folder / "lungstudy.sqlite3", timeout=20)) as database:
            return database.execute(STORED).fetchall()
