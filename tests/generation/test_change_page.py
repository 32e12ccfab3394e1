"""Changing an image by page: what lies under the mask is drawn anew, and every mask that does not fit is refused."""

import uuid

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from generation.actions.drawing import draw_now
from generation.models import Batch, GeneratedImage, GivenPicture
from lungstudy.library.models import Image, Mask
from lungstudy.library.pixels.encoding import encode_png
from tests.factories import ImageFactory
from tests.generation.png import grey_of
from tests.library.masks import mask_set, stored_mask

pytestmark = pytest.mark.django_db


@pytest.fixture
def film(settings) -> Image:
    """A film that is wider than high, in 16 bits: its central square is cut and scaled to the 64 pixels drawn."""
    settings.CELERY_BROKER_URL = "memory://"
    levels = (np.add.outer(np.arange(128) * 300, np.arange(192) * 100)).astype(np.uint16)
    stored = ContentFile(encode_png(levels), name="image.png")
    return ImageFactory(width=192, height=128, bits=16, file=stored, patient_key="P7", dataset__licence="CC BY 4.0")


@pytest.fixture
def page(client, researcher, generator, film):
    client.force_login(researcher)
    return client


@pytest.fixture
def filled(generator) -> dict[str, object]:
    return {
        "request_key": str(uuid.uuid4()), "generator": str(generator.token), "prompt": "nodule", "count": 1,
        "first_seed": 7, "steps": 2, "guidance": 3, "scheduler": "ddim", "new_dataset": "changed", "licence": "none",
        "area": "painted", "strength": 0.8, "feather": 0,
    }  # fmt: skip


def mask(height: int, width: int) -> SimpleUploadedFile:
    """White on the right half."""
    levels = np.zeros((height, width), dtype=np.uint8)
    levels[:, width // 2 :] = 255
    return SimpleUploadedFile("mask.png", encode_png(levels), "image/png")


def right_half_kept(film: Image, **described_as) -> Mask:
    inside = np.zeros((128, 192), bool)
    inside[:, 96:] = True
    return stored_mask(image=film, inside=inside, within=mask_set(**described_as))


def drawn() -> np.ndarray:
    draw_now(Batch.objects.get())
    with GeneratedImage.objects.get().image.file.open() as file:
        return grey_of(file)


def start_pixels() -> np.ndarray:
    with GivenPicture.objects.get(kind="image").file.open() as file:
        return grey_of(file)


@pytest.mark.parametrize(
    "given",
    [
        {"painted": mask(64, 64)},
        {"area": "file", "mask_file": mask(64, 64)},
        {"area": "file", "mask_file": mask(128, 192)},
    ],
    ids=["painted", "file of the drawn size", "file of the image's own size"],
)
def test_only_what_lies_under_the_mask_is_drawn_anew(page, filled, film, given):
    for file in (given.get("painted"), given.get("mask_file")):
        if file:
            file.seek(0)
    answer = page.post(f"/generation/change/{film.token}/", {**filled, **given})
    assert answer.status_code == 302
    pixels, before = drawn(), start_pixels()
    assert np.array_equal(pixels[:, :32], before[:, :32])
    assert not np.array_equal(pixels[:, 32:], before[:, 32:])
    assert GeneratedImage.objects.get().image.patient_key == "P7"


def test_the_image_is_cut_to_its_centre_and_scaled_with_its_grey_levels_as_stored(page, filled, film):
    page.post(f"/generation/change/{film.token}/", {**filled, "area": "whole"})
    start = start_pixels()
    assert start.shape == (64, 64)
    # Two film pixels make one: of the square that starts at column 32, each as 8 bits.
    expected = (63.5 * 300 + (32 + 63.5) * 100) / 257
    assert start.mean() == pytest.approx(expected, abs=1)
    assert Batch.objects.get().start["mask_sha256"] == ""
    assert GivenPicture.objects.get().source == film


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({}, "area", "Paint over what is to change"),
        ({"area": "file"}, "mask_file", "choose a mask file"),
        ({"area": "file", "mask_file": mask(100, 100)}, "mask_file", "It must have the image's own 192 x 128, or the"),
        ({"area": "file", "mask_file": SimpleUploadedFile("m.png", b"text")}, "mask_file", "cannot be read"),
        ({"area": "file", "mask_file": SimpleUploadedFile("m.png", encode_png(np.zeros((64, 64), np.uint8)))},
         "mask_file", "covers nothing"),
        ({"area": "whole", "strength": 0}, "strength", "greater than or equal to 0.05"),
        ({"area": "whole", "strength": 1.2}, "strength", "less than or equal to 1"),
        ({"area": "whole", "feather": 65}, "feather", "less than or equal to 64"),
        ({"area": "whole", "size": 100}, "size", "multiples of 8"),
        ({"area": "somewhere"}, "area", "not one of the available choices"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_is_refused_at_its_field(page, filled, film, changes, field, sentence):
    if "mask_file" in changes:
        changes["mask_file"].seek(0)
    answer = page.post(f"/generation/change/{film.token}/", {**filled, **changes})
    assert not Batch.objects.exists()
    assert sentence in " ".join(answer.context["form"].errors[field])


def test_the_page_of_an_image_leads_here_and_offers_its_data_sets_licence(page, film):
    assert f"/generation/change/{film.token}/" in page.get(f"/images/{film.token}/").content.decode()
    form = page.get(f"/generation/change/{film.token}/").context["form"]
    assert form["licence"].value() == "CC BY 4.0"


def test_an_image_that_does_not_exist_has_no_page(page):
    assert page.get(f"/generation/change/{uuid.uuid4()}/").status_code == 404


def test_what_lies_in_a_mask_of_the_library_is_drawn_anew(page, filled, film):
    kept = right_half_kept(film)
    address = f"/generation/change/{film.token}/"
    assert "lungs, from Lungs by hand" in page.get(address).content.decode()
    answer = page.post(address, {**filled, "area": "kept", "kept_mask": str(kept.token)})
    assert answer.status_code == 302
    pixels, before = drawn(), start_pixels()
    assert np.array_equal(pixels[:, :32], before[:, :32])
    assert not np.array_equal(pixels[:, 32:], before[:, 32:])


def test_only_masks_of_this_very_image_that_nobody_rejected_are_offered(page, filled, film):
    address = f"/generation/change/{film.token}/"
    assert "one of its masks" not in page.get(address).content.decode()
    rejected = right_half_kept(film, name="Rejected")
    Mask.objects.filter(pk=rejected.pk).update(rejected_at=rejected.mask_set.created_at)
    foreign = stored_mask()
    right_half_kept(film)
    for mask_of in (rejected, foreign):
        answer = page.post(address, {**filled, "area": "kept", "kept_mask": str(mask_of.token)})
        assert "not one of the available choices" in answer.context["form"].errors["kept_mask"][0]
    answer = page.post(address, {**filled, "area": "kept"})
    assert "Choose one of the image’s masks" in answer.context["form"].errors["kept_mask"][0].replace("'", "’")
    assert not Batch.objects.exists()
