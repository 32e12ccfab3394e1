"""Uploaded files go straight to disk, one after the other, and are never held in memory."""

import io
import uuid
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

METADATA = "metadata"
IMAGES = "images"
WRITE_NEW = "xb"


class StoredUpload(UploadedFile):  # type: ignore[type-arg]  # not subscriptable at run time
    """A file that lies in the upload's folder already."""

    def __init__(self, path: Path, size: int) -> None:
        super().__init__(file=io.BytesIO(), name=path.name, size=size)  # Django closes it
        self.path = path


class FolderUploadHandler(FileUploadHandler):
    """Writes each file of one request into one folder; when the disk is full the rest is read and dropped.

    Dropping instead of raising lets the browser finish sending, so that it can show the sentence.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.folder = Path(settings.UPLOADS) / uuid.uuid4().hex
        self.failure: OSError | None = None
        self._path: Path | None = None
        self._file: IO[bytes] | None = None

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Open the file that the next chunks belong to."""
        super().new_file(field_name, file_name, *args, **kwargs)
        if field_name not in (IMAGES, METADATA) or self.failure:
            raise SkipFile
        try:
            folder = self.folder / field_name
            folder.mkdir(parents=True, exist_ok=True)
            self._path = _free_path(folder, self.file_name or "file")
            self._file = self._path.open(WRITE_NEW)
        except OSError as error:
            self._give_up(error)
            raise SkipFile from error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        """Write one chunk; nothing is handed on."""
        if self._file is None:
            return
        try:
            self._file.write(raw_data)
        except OSError as error:
            self._give_up(error)

    def file_complete(self, file_size: int) -> StoredUpload | None:
        """Close the file and name it in request.FILES."""
        if self._file is None or self._path is None:
            return None
        try:
            self._file.close()
        except OSError as error:
            self._give_up(error)
            return None
        self._file = None
        return StoredUpload(self._path, file_size)

    def upload_interrupted(self) -> None:
        """The browser went away."""
        if self._file:
            self._file.close()

    def _give_up(self, error: OSError) -> None:
        self.failure = error
        self._file = None


def _free_path(folder: Path, name: str) -> Path:
    """A path for this base name that no other file of the upload has: browsers drop the folders of a picked tree."""
    plain = PurePosixPath(name)
    path, number = folder / plain.name, 2
    while path.exists():
        path = folder / f"{plain.stem} ({number}){plain.suffix}"
        number += 1
    return path
