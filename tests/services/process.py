"""Starting a server that ends with the tests, whatever ends them."""

import contextlib
import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask Linux to stop this process when the tests are killed; elsewhere only an orderly end stops it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def start(
    command: list[str], *, log: Path, env: dict[str, str] | None = None, uid: int | None = None, cwd: Path | None = None
) -> subprocess.Popen:
    """Start a server with its output in a log file, as another user where one is given."""
    return subprocess.Popen(
        command,
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        env=env,
        cwd=cwd,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
        preexec_fn=end_with_parent,
    )


def wait_until(ready: Callable[[], object], *, process: subprocess.Popen, log: Path, seconds: float = 30) -> None:
    """Wait until a server answers; show its log if it ends or stays silent."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError):
            if ready():
                return
        time.sleep(0.05)
    stop(process)
    raise RuntimeError(f"{process.args} did not start:\n{log.read_text(errors='replace')[-4000:]}")


def stop(process: subprocess.Popen, signum: int = signal.SIGTERM, seconds: float = 10) -> None:
    """Ask, wait, then insist."""
    if process.poll() is not None:
        return
    process.send_signal(signum)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something accepts connections on a port of this machine."""
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
