"""A Redis for the tests: the machine's own server on a port of our own, else fakeredis' TCP server, saying so."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.services import process

FAKE = "from fakeredis import TcpFakeServer; TcpFakeServer(('127.0.0.1', {port})).serve_forever()"


def find_server() -> str | None:
    """Redis, or Valkey, which speaks the same."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


class Redis:
    """One server that keeps nothing."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lungstudy-redis-"))
        self.port = process.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        found = find_server()
        self.is_real = found is not None
        command = self._real(found) if found else [sys.executable, "-c", FAKE.format(port=self.port)]
        log = self.folder / "redis.log"
        self.server: subprocess.Popen = process.start(command, log=log)
        process.wait_until(lambda: process.answers(self.port), process=self.server, log=log)

    def stop(self) -> None:
        """End the server and remove its folder."""
        process.stop(self.server)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _real(self, program: str) -> list[str]:
        keep_nothing = ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        return [program, "--port", str(self.port), "--bind", "127.0.0.1", *keep_nothing]
