"""What a model draws is flagged when it is stored: failed drawings, and pictures that are there already."""

import numpy as np
import pytest

from lungstudy.library.actions.flagging import flags_of_drawn
from lungstudy.library.actions.storing import ImageFacts, store_image
from lungstudy.library.models import Origin
from lungstudy.library.pixels.phantom import Finding, draw_phantom
from tests.factories import DatasetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(settings, tmp_path):
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return DatasetFactory(origin=Origin.SYNTHETIC)


def phantom(seed: int) -> np.ndarray:
    return draw_phantom(seed, Finding.NORMAL, 128).image


def codes(pixels, dataset) -> list[str]:
    return [flag["code"] for flag in flags_of_drawn(pixels, dataset)]


def test_the_same_and_nearly_the_same_picture_are_flagged_and_another_is_not(dataset):
    first = phantom(1)
    assert codes(first, dataset) == []
    store_image(dataset=dataset, pixels=first, source_sha256="1" * 64, facts=ImageFacts())
    assert codes(first, dataset) == ["duplicate"]
    assert codes(np.clip(first.astype(int) + 1, 0, 255).astype(np.uint8), dataset) == ["near_duplicate"]
    for seed in range(2, 8):
        assert codes(phantom(seed), dataset) == []


def test_a_failed_drawing_is_called_that_and_not_a_duplicate(dataset):
    blank = np.zeros((128, 128), dtype=np.uint8)
    store_image(dataset=dataset, pixels=blank, source_sha256="2" * 64, facts=ImageFacts())
    assert codes(blank, dataset) == ["blank"]
