"""A zip written while it is sent: memory does not grow with the number of files."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

# Pictures are compressed already, and a fixed time makes the same data set the same file.
EPOCH = (1980, 1, 1, 0, 0, 0)


class Entry(NamedTuple):
    """One file: where it goes, and its content bit by bit."""

    name: str
    content: Iterable[bytes]


class Sink:
    """What `zipfile` writes to: it keeps what came since somebody last took it away."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        """Keep it."""
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """All since the last time."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def zip_stream(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The zip's bytes, at least once for each entry."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w") as package:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, EPOCH)
            info.compress_type = zipfile.ZIP_STORED if entry.name.endswith(".png") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with package.open(info, "w", force_zip64=True) as target:
                for part in entry.content:
                    target.write(part)
                    yield sink.taken()
    yield sink.taken()


def write_folder(entries: Iterable[Entry], folder: Path) -> None:
    """The same files in a folder."""
    for entry in entries:
        path = folder / entry.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            target.writelines(entry.content)
