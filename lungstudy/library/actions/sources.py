"""Walk what is to be imported: a folder, a zip or one file, one member at a time and never a path that climbs out."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

MEGABYTE = 1024 * 1024
# One picture: a film of 4280 x 4280 pixels of 16 bit has 37 MB.
LARGEST_FILE = 96 * MEGABYTE
LARGEST_ZIP = 64 * 1024 * MEGABYTE
MOST_MEMBERS = 200_000
# What operating systems leave beside pictures.
LITTER = {"Thumbs.db", "desktop.ini", "__MACOSX"}
UNREADABLE_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class SourceError(Exception):
    """The whole source cannot be read; one sentence says why."""


class RefusedFileError(Exception):
    """One file is not taken; one sentence says why."""


@dataclass(frozen=True)
class SourceFile:
    """One file on offer: its name inside the source, a way to its bytes (which may refuse), its path if it has one."""

    name: str
    read: Callable[[], bytes]
    path: Path | None = None


def walk(source: Path) -> Iterator[SourceFile]:
    """Every file below a folder or in a zip, in a fixed order; zips inside a folder are opened, zips in zips are not.

    Read each file before asking for the next: a zip is open only while it is walked.

    Raises
    ------
    SourceError
        If there is nothing at `source`.
    """
    if source.is_dir():
        yield from _walk_folder(source, source)
    elif source.is_file():
        yield from _file_or_zip(source, source.name, prefix="")
    else:
        raise SourceError(f"There is nothing at {source}. Check the path; it is one on the machine that imports.")


def _walk_folder(folder: Path, top: Path) -> Iterator[SourceFile]:
    for path in sorted(_entries(folder)):
        name = path.relative_to(top).as_posix()
        if path.is_dir():
            if path.is_symlink():
                yield _refused(name, "It is a link to a folder, which is not followed. Import that folder by itself.")
            else:
                yield from _walk_folder(path, top)
        else:
            yield from _file_or_zip(path, name, prefix=f"{name}/")


def _entries(folder: Path) -> Iterator[Path]:
    try:
        found = list(folder.iterdir())
    except OSError as error:
        raise SourceError(f"The folder {folder} cannot be read: {error.strerror}. Give this account access.") from error
    return (path for path in found if not _is_litter(path.name))


def _is_litter(name: str) -> bool:
    return name in LITTER or name.startswith(".")


def _file_or_zip(path: Path, name: str, *, prefix: str) -> Iterator[SourceFile]:
    if _is_zip(path):
        yield from _walk_zip(path, name, prefix)
    else:
        yield SourceFile(name, lambda: _read_path(path), path)


def _is_zip(path: Path) -> bool:
    """By its first bytes, so that a zip with a wrong or no ending is one too."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"
    except OSError:
        return False


def _read_path(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise RefusedFileError("It is no ordinary file. Import pictures only.")
        with path.open("rb") as file:
            return _read_bounded(file)
    except OSError as error:
        raise RefusedFileError(f"It cannot be read ({error.strerror}). Check the file and its permissions.") from error


def _read_bounded(file: IO[bytes]) -> bytes:
    """What the file really holds, however small it claims to be."""
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        limit = LARGEST_FILE // MEGABYTE
        raise RefusedFileError(f"It is larger than {limit} MB, more than one picture needs. Export a single picture.")
    return data


def _walk_zip(path: Path, name: str, prefix: str) -> Iterator[SourceFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted((each for each in archive.infolist() if not each.is_dir()), key=lambda each: each.filename)
            problem = _zip_problem(members)
            if problem:
                yield _refused(name, problem)
                return
            for member in members:
                if not any(map(_is_litter, PurePosixPath(member.filename).parts)) or _climbs(member):
                    yield SourceFile(prefix + member.filename, _member_reader(archive, member))
    except UNREADABLE_ZIP:
        yield _refused(name, "It is a damaged zip. Make it again, or import the unpacked folder.")


def _zip_problem(members: list[zipfile.ZipInfo]) -> str:
    if len(members) > MOST_MEMBERS:
        return f"It holds more than {MOST_MEMBERS:,} files. Split it, or import the unpacked folder."
    if sum(each.file_size for each in members) > LARGEST_ZIP:
        limit = LARGEST_ZIP // MEGABYTE // 1024
        return f"It would unpack to more than {limit} GB. Split it, or import the unpacked folder."
    return ""


def _member_reader(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        if reason := _member_problem(member):
            raise RefusedFileError(reason)
        try:
            with archive.open(member) as file:
                data = _read_bounded(file)
        except UNREADABLE_ZIP as error:
            raise RefusedFileError("It is damaged inside the zip. Make the zip again.") from error
        if data[:4] == b"PK\x03\x04":
            raise RefusedFileError("It is a zip inside a zip, which is not opened. Unpack it and import its files.")
        return data

    return read


def _member_problem(member: zipfile.ZipInfo) -> str:
    if _climbs(member):
        return "Its path leads out of the zip. Make the zip again from inside the folder of pictures."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "It is a link, not a file. Put the file itself into the zip."
    if member.flag_bits & 1:
        return "It is encrypted. Make the zip again without a password."
    return ""


def _climbs(member: zipfile.ZipInfo) -> bool:
    """Absolute, with a drive letter, or with a step upwards, in either system's spelling."""
    name = member.orig_filename.replace("\\", "/")
    return name.startswith("/") or ".." in name.split("/") or name[1:2] == ":"


def _refused(name: str, reason: str) -> SourceFile:
    def read() -> bytes:
        raise RefusedFileError(reason)

    return SourceFile(name, read)
