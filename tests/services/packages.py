"""Installing what the machine lacks for the tests, where it allows that; `make test` calls this first."""

import os
import shutil
import subprocess
import sys

from tests.services.chromium import find_chromium
from tests.services.redis import find_server


def ensure_services() -> list[str]:
    """Look for Redis and Chromium, install what is missing, and say in plain lines what will be used."""
    return [ensure_redis(), ensure_chromium()]


def ensure_redis() -> str:
    """A real server, else the notice that a stand-in serves."""
    found = find_server() or (apt_install("redis-server") and find_server())
    if found:
        return f"Redis: {found}"
    return "Redis: none found and none could be installed; fakeredis' TCP server stands in for it"


def ensure_chromium() -> str:
    """A real browser, else the notice that browser tests cannot run."""
    found = find_chromium() or (apt_install("chromium") and find_chromium())
    if not found:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = find_chromium()
    if found:
        return f"Chromium: {found}"
    return "Chromium: none found and none could be installed; browser tests are skipped, and fail where CI is set"


def apt_install(package: str) -> bool:
    """Install one Debian package if this machine has apt and we may use it."""
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") is None or (become_root and shutil.which("sudo") is None):
        return False
    if subprocess.run([*become_root, "true"], check=False).returncode:
        return False
    # RUNLEVEL=1 keeps Debian from starting the package's own service.
    command = [*become_root, "env", "RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*command, "update"], check=False)
    return subprocess.run([*command, "install", "-y", "--no-install-recommends", package], check=False).returncode == 0
