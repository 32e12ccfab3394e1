"""A model hub on this machine, speaking as much of the Hugging Face protocol as a download needs."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def handler_for(repositories: dict[str, Path]) -> type[BaseHTTPRequestHandler]:
    """Answers for model folders by their ids, each "owner/name"."""

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, *, with_body: bool) -> None:
            body = content(repositories, self.path.split("?")[0].lstrip("/"))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(body or b"").hexdigest()}"')
            if body is None:
                self.send_header("X-Error-Code", "EntryNotFound")
            self.end_headers()
            if with_body:
                self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Hub


def content(repositories: dict[str, Path], path: str) -> bytes | None:
    """What lies at this address, if anything."""
    for name, folder in repositories.items():
        if path.startswith(f"api/models/{name}"):
            return listing(name, folder, tree="/tree/" in path)
        file = folder / path.removeprefix(f"{name}/resolve/").partition("/")[2]
        if path.startswith(f"{name}/resolve/") and file.is_file():
            return file.read_bytes()
    return None


def listing(name: str, folder: Path, *, tree: bool) -> bytes:
    """The files of a repository, in the words of the two questions that ask for them."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    names = [file.relative_to(folder).as_posix() for file in files]
    if tree:
        sizes = [file.stat().st_size for file in files]
        rows = zip(names, sizes, strict=True)
        return json.dumps(
            [{"type": "file", "path": path, "size": size, "oid": "0" * 40} for path, size in rows]
        ).encode()
    siblings = [{"rfilename": path, "size": file.stat().st_size} for path, file in zip(names, files, strict=True)]
    return json.dumps({"id": name, "sha": COMMIT, "siblings": siblings, "tags": []}).encode()


@contextmanager
def small_hub(repositories: dict[str, Path]) -> Iterator[str]:
    """Serve model folders; yields the hub's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(repositories))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
