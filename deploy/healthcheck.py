"""Whether this container does its work: `healthcheck.py web`, `worker QUEUE` or `beat`; ends with 0 if so."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

BEAT_WRITES_EVERY_SECONDS = 180


def web() -> bool:
    """The web process and its database answer; asked by a name that the site allows."""
    host = os.environ["LUNGSTUDY_ALLOWED_HOSTS"].split(",")[0].strip()
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health/"
    request = urllib.request.Request(address, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=8) as answer:  # noqa: S310
        return answer.status == 200


def worker(queue: str) -> bool:
    """This machine's worker for the queue answers through Redis."""
    name = f"{queue}@{os.uname().nodename}"
    command = [sys.executable, "-m", "celery", "-A", "lungstudy", "inspect", "ping", "-d", name, "-t", "10"]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0  # noqa: S603 - our own command


def beat() -> bool:
    """Beat has written down lately what it sent."""
    written = [path.stat().st_mtime for path in Path(os.environ["LUNGSTUDY_VAR"]).glob("celerybeat-schedule*")]
    return bool(written) and time.time() - max(written) < 3 * BEAT_WRITES_EVERY_SECONDS


if __name__ == "__main__":
    checks = {"web": web, "worker": worker, "beat": beat}
    sys.exit(0 if checks[sys.argv[1]](*sys.argv[2:]) else 1)
