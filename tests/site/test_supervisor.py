"""The supervisor: what dies is started again, and a stop leaves nothing behind."""

import os
import signal
import sys
import threading
import time

import pytest

from lungstudy.site.supervisor import Child, Supervisor

SLEEPER = "import os, time; open(os.environ['PIDS'], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SLEEPER


def pids(path):
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def started(tmp_path, monkeypatch):
    """A supervisor in a thread: signals are the main thread's, so the tests ask it to stop themselves."""
    monkeypatch.setenv("PIDS", str(tmp_path / "pids"))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    supervisors = []

    def start(program):
        supervisor = Supervisor([Child("sleeper", [sys.executable, "-c", program], tmp_path / "log")])
        thread = threading.Thread(target=supervisor.run)
        thread.start()
        supervisors.append((supervisor, thread))
        wait_for(lambda: pids(tmp_path / "pids"))
        return supervisor, thread, tmp_path / "pids"

    yield start
    for supervisor, thread in supervisors:
        supervisor.stopping = True
        thread.join(30)


def test_a_child_that_is_killed_is_started_again(started):
    _, _, path = started(SLEEPER)
    os.kill(pids(path)[0], signal.SIGKILL)

    wait_for(lambda: len(pids(path)) == 2)


@pytest.mark.parametrize("program", [SLEEPER, DEAF])
def test_a_stop_ends_every_child_even_one_that_does_not_listen(started, program, monkeypatch):
    monkeypatch.setattr("lungstudy.site.supervisor.SECONDS_TO_STOP", 1.0)
    supervisor, thread, path = started(program)
    supervisor.stopping = True
    thread.join(15)

    assert not thread.is_alive()
    wait_for(lambda: not is_running(pids(path)[0]))
