"""A mask is stored once, with its files and rows together, and only where it fits its image."""

from pathlib import Path

import numpy as np
import pytest

from lungstudy.library.actions.masks import MaskError, store_mask
from lungstudy.library.models import Mask, MaskVersion
from lungstudy.library.pixels.decode import decode
from tests.factories import ImageFactory, MaskSetFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    """A folder of stored files that is empty at the start."""
    place = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    return tmp_path


def left_half(height: int = 64, width: int = 64) -> np.ndarray:
    mask = np.zeros((height, width), dtype=bool)
    mask[:, : width // 2] = True
    return mask


def test_what_is_stored_is_what_was_given():
    probability = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)

    version = store_mask(
        mask_set=MaskSetFactory(), image=ImageFactory(), pixels=left_half(), probability=probability, score=0.7
    )

    version = MaskVersion.objects.select_related("mask").get(pk=version.pk)
    assert (decode(version.file.read()).pixels == np.where(left_half(), 255, 0)).all()
    assert (decode(version.probability.read()).pixels == probability).all()
    assert (version.number, version.area, version.mask.score) == (1, 64 * 32, 0.7)


def test_a_second_call_returns_the_first_mask_and_overwrites_nothing():
    mask_set, image = MaskSetFactory(), ImageFactory()
    first = store_mask(mask_set=mask_set, image=image, pixels=left_half())

    assert store_mask(mask_set=mask_set, image=image, pixels=~left_half()) == first
    assert MaskVersion.objects.count() == Mask.objects.count() == 1


@pytest.mark.parametrize(
    ("pixels", "sentence"),
    [
        (left_half(32, 48), r"film7.png.* has 48 x 32 pixels and the image 64 x 64"),
        (np.zeros((64, 64), dtype=bool), "film7.png.* is empty"),
        (np.ones((64, 64), dtype=bool), "film7.png.* covers the whole image"),
    ],
)
def test_a_mask_that_says_nothing_about_its_image_is_refused_by_name(pixels, sentence):
    with pytest.raises(MaskError, match=sentence):
        store_mask(mask_set=MaskSetFactory(), image=ImageFactory(seed=7), pixels=pixels)
    assert not Mask.objects.exists()


def test_no_file_is_left_where_the_row_could_not_be_written(media):
    nobody = UserFactory.build()  # never saved

    with pytest.raises(ValueError, match="unsaved"):
        store_mask(mask_set=MaskSetFactory(), image=ImageFactory(), pixels=left_half(), by=nobody)

    assert not Mask.objects.exists()
    assert not list((media / "masks").rglob("*.png"))
