"""A storage whose disk is full after a number of files: the kernel itself refuses, through /dev/full."""

from pathlib import Path

from django.core.files.storage import FileSystemStorage


class FullDiskStorage(FileSystemStorage):
    """Keeps `room` files and no more."""

    def __init__(self, location: str, room: int) -> None:
        super().__init__(location=location)
        self.room = room

    def _save(self, name: str, content) -> str:
        if sum(path.is_file() for path in Path(self.location).rglob("*")) >= self.room:
            with Path("/dev/full").open("wb", buffering=0) as full:
                full.write(content.read())
        return super()._save(name, content)
