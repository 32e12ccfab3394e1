"""A folder of drawn images: whatever the disk refuses, each image has its row and each row its image."""

import csv
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generation.management.drawn_folder import DrawnFolder, UsedFolderError


@contextmanager
def largest_file(n_bytes: int) -> Iterator[None]:
    """The kernel takes so many bytes of a file and refuses the rest, as a disk does that fills up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "recipes.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@pytest.fixture
def folder(tmp_path) -> Iterator[DrawnFolder]:
    """With one image."""
    with DrawnFolder(tmp_path / "out", ("file", "prompt")) as opened:
        opened.add({"file": "1.png", "prompt": "nodule, left"}, {"1.png": b"one"})
        yield opened


def names(folder: DrawnFolder) -> list[str]:
    return sorted(path.name for path in folder.folder.iterdir())


def test_an_image_and_its_row_are_there_at_once(folder):
    assert names(folder) == ["1.png", "recipes.csv"]
    assert rows(folder.folder) == [{"file": "1.png", "prompt": "nodule, left"}]


def test_an_image_that_does_not_fit_leaves_neither_a_part_of_it_nor_a_row(folder):
    with largest_file(1000), pytest.raises(OSError, match="too large"):
        folder.add({"file": "2.png", "prompt": "2"}, {"2.safetensors": bytes(10), "2.png": bytes(1001)})
    assert names(folder) == ["1.png", "recipes.csv"]
    assert len(rows(folder.folder)) == 1


def test_a_row_that_does_not_fit_leaves_no_part_of_it_and_no_image_and_with_room_goes_on(folder):
    before = (folder.folder / "recipes.csv").read_bytes()
    with largest_file(len(before) + 4), pytest.raises(OSError, match="too large"):
        folder.add({"file": "2.png", "prompt": "2"}, {"2.png": b"two"})
    assert (folder.folder / "recipes.csv").read_bytes() == before
    assert names(folder) == ["1.png", "recipes.csv"]
    folder.add({"file": "3.png", "prompt": "3"}, {"3.png": b"three"})
    assert [row["file"] for row in rows(folder.folder)] == ["1.png", "3.png"]


def test_a_name_that_somebody_took_meanwhile_is_not_taken_from_them(folder):
    (folder.folder / "2.png").mkdir()
    with pytest.raises(OSError, match="directory"):
        folder.add({"file": "2.png", "prompt": "2"}, {"2.png": b"two"})
    assert names(folder) == ["1.png", "2.png", "recipes.csv"]
    assert len(rows(folder.folder)) == 1


@pytest.mark.parametrize("name", ["recipes.csv", "7.png", "7.PNG", "7.safetensors"])
def test_a_folder_with_images_or_a_table_from_before_is_refused_and_stays_as_it_is(tmp_path, name):
    (tmp_path / name).write_bytes(b"before")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UsedFolderError, match=f"holds {name} from before, and nothing is overwritten; name a new"):
        DrawnFolder(tmp_path, ("file",))
    assert (tmp_path / name).read_bytes() == b"before"


def test_a_folder_that_got_no_image_can_be_named_again(tmp_path):
    for _ in range(2):
        with DrawnFolder(tmp_path, ("file",)):
            pass
    assert list(tmp_path.iterdir()) == []
