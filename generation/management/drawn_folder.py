"""A folder of drawn images and the table of what each is: an image and its row are there together, or neither."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

TABLE = "recipes.csv"
KINDS = (".png", ".safetensors")


class UsedFolderError(ValueError):
    """The folder holds images, or their table, from before."""


def refuse_used(folder: Path) -> None:
    """Nothing is ever overwritten.

    Raises
    ------
    UsedFolderError
        With what is there, and what to do.
    """
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    used = [path.name for path in there if path.name == TABLE or path.suffix.lower() in KINDS]
    if used:
        raise UsedFolderError(f"{folder} holds {used[0]} from before, and nothing is overwritten; name a new folder.")


class DrawnFolder:
    """Takes one image after the other; what the disk refuses takes nothing away from what was there."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        refuse_used(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.columns, self.n = folder, columns, 0
        self._table = (folder / TABLE).open("xb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A folder without an image has no table, so that it can be named again."""
        self._table.close()
        if not self.n:
            (self.folder / TABLE).unlink()

    def add(self, row: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
        """Write an image's files and its row.

        The row comes before the files have their names: whenever this process dies, no image is without its row.

        Raises
        ------
        OSError
            The disk took no more, and nothing of this image is there.
        """
        halves = {name: self.folder / f".{name}.unfinished" for name in files}
        before = self._table.tell()
        named: list[Path] = []
        try:
            for name, content in files.items():
                halves[name].write_bytes(content)
            self._append(*([] if self.n else [self.columns]), [row[column] for column in self.columns])
            for name, half in halves.items():
                named.append(half.rename(self.folder / name))
        except BaseException:
            self._table.truncate(before)
            self._table.seek(before)
            for path in (*halves.values(), *named):
                path.unlink(missing_ok=True)
            raise
        self.n += 1

    def _append(self, *rows: Sequence[Any]) -> None:
        """To the disk at once: a disk that is nearly full takes a part first, and refuses the rest."""
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        left = text.getvalue().encode()
        while left:
            left = left[self._table.write(left) :]
