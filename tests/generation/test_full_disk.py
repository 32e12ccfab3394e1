"""A disk that fills up while images are stored loses nothing that was stored, and a retry draws the rest."""

import sys
from pathlib import Path

import pytest

from generation.actions.drawing import draw_now
from generation.actions.queue_order import retry_batch
from generation.diffusion.errors import DiffusionError
from generation.models import GeneratedImage
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Image

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason=f"{sys.platform} has no /dev/full to fill a disk with"),
]


@pytest.fixture
def disk(settings, tmp_path):
    """Sets how many files fit; an image and its thumbnail are two."""

    def with_room(files: int) -> Path:
        options = {"location": str(tmp_path / "disk"), "room": files}
        storage = {"BACKEND": "tests.generation.full_disk.FullDiskStorage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": storage}
        return tmp_path / "disk"

    return with_room


def stored(batch) -> dict[int, str]:
    images = GeneratedImage.objects.filter(job__batch=batch)
    return dict(images.values_list("index", "image__pixel_sha256"))


@pytest.mark.parametrize("files", [0, 1, 4, 5])
def test_what_fits_is_stored_whole_and_the_job_says_why_the_rest_is_not(new_batch, disk, files):
    folder, batch = disk(files), new_batch()
    with pytest.raises(DiffusionError, match="The disk is full"):
        draw_now(batch)
    assert set(stored(batch)) == set(range(files // 2))
    assert Image.objects.count() == files // 2
    assert sum(path.is_file() for path in folder.rglob("*")) == 2 * (files // 2)
    assert batch.jobs.get().state == JobState.FAILED


def test_a_retry_with_room_gives_the_images_of_a_batch_that_never_failed(new_batch, disk, researcher):
    disk(4)
    batch = new_batch()
    with pytest.raises(DiffusionError):
        draw_now(batch)
    before = stored(batch)
    disk(100)
    retry_batch(batch=batch, by=researcher)
    draw_now(batch)
    whole = new_batch()
    draw_now(whole)
    assert stored(batch) == stored(whole)
    assert before.items() <= stored(batch).items()
