"""Images enter the library with both files and their row, or not at all."""

import errno
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import FileSystemStorage
from PIL import Image as PillowImage

from lungstudy.library.actions.storing import ImageFacts, StorageFullError, store_image
from lungstudy.library.models import Image
from tests.factories import DatasetFactory

pytestmark = pytest.mark.django_db


class SmallDisk(FileSystemStorage):
    """A disk that takes half of one file more than its room, and then says what a full one says."""

    room = 10**9
    before_next_save = None

    def _save(self, name, content):
        cls, interruption = type(self), type(self).before_next_save
        if interruption:
            cls.before_next_save = None
            interruption()
        data = content.read()
        content.seek(0)
        if len(data) > cls.room:
            half = Path(self.path(name))
            half.parent.mkdir(parents=True, exist_ok=True)
            half.write_bytes(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        cls.room -= len(data)
        return super()._save(name, content)


@pytest.fixture
def media(settings, tmp_path):
    """A folder of stored files that is empty at the start."""
    place = {"location": tmp_path / "media", "base_url": None}
    backend = f"{SmallDisk.__module__}.{SmallDisk.__qualname__}"
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": place}}
    SmallDisk.room = 10**9
    return tmp_path / "media"


def noise(seed=0, dtype=np.uint16, shape=(40, 60)):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype=dtype)


def files_below(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_stored_file_holds_the_very_pixels(media):
    image, created = store_image(dataset=DatasetFactory(), pixels=noise(), source_sha256="a" * 64, facts=ImageFacts())

    assert created
    assert (image.width, image.height, image.bits) == (60, 40, 16)
    with image.file.open() as file:
        assert np.array_equal(np.asarray(PillowImage.open(file)), noise())


def test_the_same_source_is_stored_once_in_a_data_set_and_again_in_another(media):
    dataset = DatasetFactory()
    first, _ = store_image(dataset=dataset, pixels=noise(), source_sha256="a" * 64, facts=ImageFacts())
    again, created = store_image(dataset=dataset, pixels=noise(1), source_sha256="a" * 64, facts=ImageFacts())
    _, elsewhere = store_image(dataset=DatasetFactory(), pixels=noise(), source_sha256="a" * 64, facts=ImageFacts())

    assert (again, created, elsewhere) == (first, False, True)
    assert len(files_below(media)) == 4


@pytest.mark.parametrize("room", [0, 4900], ids=["picture", "thumbnail"])
def test_a_full_disk_leaves_nothing_of_the_image_and_everything_else(media, room):
    dataset = DatasetFactory()
    store_image(dataset=dataset, pixels=noise(), source_sha256="a" * 64, facts=ImageFacts())
    before = files_below(media)
    SmallDisk.room = room

    with pytest.raises(StorageFullError, match="The disk is full"):
        store_image(dataset=dataset, pixels=noise(1), source_sha256="b" * 64, facts=ImageFacts())

    assert files_below(media) == before
    assert Image.objects.count() == 1


def test_files_go_when_a_row_that_belongs_to_the_image_cannot_be_written(media):
    def fail(image):
        raise ValueError("no recipe")

    with pytest.raises(ValueError, match="no recipe"):
        store_image(dataset=DatasetFactory(), pixels=noise(), source_sha256="a" * 64, facts=ImageFacts(), also=fail)

    assert files_below(media) == []
    assert not Image.objects.exists()


def test_two_workers_that_store_one_source_at_once_end_with_one_image_and_its_files(media):
    """The other one is faster by exactly the time between our question and our writing."""
    dataset = DatasetFactory()
    source = {"dataset": dataset, "pixels": noise(), "source_sha256": "a" * 64, "facts": ImageFacts()}
    others = []
    SmallDisk.before_next_save = lambda: others.append(store_image(**source))

    image, created = store_image(**source)

    assert [(image, True)] == others
    assert not created
    assert Image.objects.count() == 1
    assert len(files_below(media)) == 2


def test_texts_are_cut_to_what_every_database_takes(media):
    facts = ImageFacts(source_name="x" * 400 + ".png", finding="a\x00b", view="\udce4" + "v" * 60)
    image, _ = store_image(dataset=DatasetFactory(), pixels=noise(), source_sha256="a" * 64, facts=facts)
    image.refresh_from_db()

    assert len(image.source_name) == 300
    assert image.finding == "ab"
    assert image.view == "?" + "v" * 39
