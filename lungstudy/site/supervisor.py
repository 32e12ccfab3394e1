"""Keep web, workers and beat running as one thing: start, restart what dies, stop in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

SECONDS_TO_STOP = 10.0
RESTART_PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)


@dataclass
class Child:
    """One supervised process with a log file of its own."""

    name: str
    command: list[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    start_again_at: float = 0.0
    started_at: float = field(default=0.0)

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches only the supervisor."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command lines
                self.command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.started_at = time.monotonic()

    def signal_group(self, number: int) -> None:
        """Signal the process and whatever it started."""
        if self.process is None or self.process.poll() is not None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children until told to stop; a child that dies is started again, later each time."""

    def __init__(self, children: Iterable[Child]) -> None:
        self.children = list(children)
        self.stopping = False

    def run(self) -> None:
        """Supervise until SIGTERM or SIGINT, then stop everything."""
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        try:
            for child in self.children:
                child.start()
            while not self.stopping:
                self._revive()
                time.sleep(0.2)
        finally:
            self._stop_all()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.is_alive():
                continue
            if not child.start_again_at:
                self._note_death(child, now)
            elif now >= child.start_again_at:
                child.start_again_at = 0.0
                child.start()

    def _note_death(self, child: Child, now: float) -> None:
        if now - child.started_at > 60:
            child.deaths = 0  # it ran well for a while: this is a new trouble
        pause = RESTART_PAUSES[min(child.deaths, len(RESTART_PAUSES) - 1)]
        child.deaths += 1
        child.start_again_at = now + pause
        sys.stderr.write(f"{child.name} stopped; starting it again in {pause:.0f} s (see {child.log})\n")

    def _stop_all(self) -> None:
        for child in self.children:
            child.signal_group(signal.SIGTERM)
        until = time.monotonic() + SECONDS_TO_STOP
        while time.monotonic() < until and any(child.is_alive() for child in self.children):
            time.sleep(0.1)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
