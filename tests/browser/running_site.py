"""A whole site as `make run` starts it, web, workers and beat, with stores of its own, and people who use it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.services import process

REPOSITORY = Path(__file__).resolve().parents[2]
PASSWORD = "a plain passphrase"


class RunningSite:
    """Address and stores of a running site."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = process.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "LUNGSTUDY_VAR": str(var), "OMP_NUM_THREADS": "1"}

    def manage(self, *command: str, said: str = "") -> subprocess.CompletedProcess:
        """Run a management command on this site's stores."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            env=self.environment, cwd=REPOSITORY, input=said, capture_output=True, text=True, check=True,
        )  # fmt: skip

    @contextmanager
    def up(self, *options: str) -> Iterator["RunningSite"]:
        """Everything running, until the block ends."""
        command = [sys.executable, "manage.py", "up", "--port", str(self.port), *options]
        log = self.var / "up.log"
        running = process.start(command, log=log, env=self.environment, cwd=REPOSITORY)
        process.wait_until(lambda: process.answers(self.port), process=running, log=log, seconds=120)
        try:
            yield self
        finally:
            process.stop(running, seconds=30)

    def visitor(self, chromium: Browser, **look: object) -> Page:
        """Somebody at a browser of their own."""
        page = chromium.new_context(base_url=self.address, viewport={"width": 1280, "height": 800}, **look).new_page()
        page.set_default_timeout(30_000)
        return page

    def signed_in(self, chromium: Browser, username: str, **look: object) -> Page:
        """Somebody who has signed in by password."""
        page = self.visitor(chromium, **look)
        page.goto("/sign-in/")
        page.fill("#id_username", username)
        page.fill("#id_password", PASSWORD)
        page.click("main button.btn-primary")
        page.wait_for_url(f"{self.address}/")
        return page

    def accepted(self, chromium: Browser, link: str, username: str) -> Page:
        """Somebody who made an account by an invitation."""
        page = self.visitor(chromium)
        page.goto(link)
        page.fill("#id_username", username)
        for field in ("name", "full_name"):
            if page.locator(f"#id_{field}").count():
                page.fill(f"#id_{field}", username.title())
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.click("main button.btn-primary")
        page.wait_for_url(f"{self.address}/")
        return page
