"""Painting a mask over an image in a real Chromium, by pointer and by keys: what is painted is what is drawn anew."""

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image as PillowImage
from playwright.sync_api import expect

from generation.models import Batch, GivenPicture
from tests.factories import GeneratorFactory, ImageFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(researchers_tab, settings, tmp_path):
    """A researcher's tab on the page of one image."""
    settings.STARTER_MODEL, settings.CELERY_BROKER_URL = tmp_path, "memory://"
    words = settings.BASE_DIR / "generation" / "starter"  # a tokenizer is all that the page needs of a model
    GeneratorFactory(name="other", native_size=128, source=str(words))
    researchers_tab.set_viewport_size({"width": 1280, "height": 1400})
    researchers_tab.goto(reverse("generation:change_image", args=[ImageFactory().token]))
    return researchers_tab


def painted() -> np.ndarray:
    """The mask that arrived with the batch."""
    mask = Batch.objects.get().start["mask_sha256"]
    with GivenPicture.objects.get(sha256=mask).file.open() as file:
        return np.asarray(PillowImage.open(file)) > 127


def queue(page) -> None:
    page.get_by_role("button", name="Queue the batch").click()
    expect(page.locator("#progress-headline")).to_contain_text("0 of 8 images")


def test_a_brush_a_polygon_and_an_eraser_make_the_mask_that_is_sent(page):
    box = page.locator("#mask").bounding_box()
    at = lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])  # noqa: E731
    for tool, way in (("brush", [(0.1, 0.2), (0.9, 0.2)]), ("eraser", [(0.5, 0.1), (0.5, 0.3)])):
        page.click(f"label[for=tool-{tool}]")
        page.mouse.move(*at(*way[0]))
        page.mouse.down()
        page.mouse.move(*at(*way[1]), steps=5)
        page.mouse.up()
    page.click("label[for=tool-polygon]")
    for corner in ((0.2, 0.6), (0.8, 0.6), (0.8, 0.9)):
        page.mouse.click(*at(*corner))
    page.mouse.dblclick(*at(0.2, 0.9))
    page.fill("#id_prompt", "nodule")
    queue(page)

    mask = painted()
    assert mask.shape == (128, 128)
    assert mask[25, 20] and mask[25, 110] and not mask[25, 64]
    assert mask[96, 30:98].all()
    assert not mask[50].any() and not mask[120].any()


def test_by_keys_alone_a_spot_is_painted_moved_and_undone(page):
    page.fill("#id_prompt", "nodule")
    page.focus("#mask")
    for key in ("Space", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown", "Space", "Control+z"):
        page.keyboard.press(key)
    expect(page.locator("#mask-share")).to_contain_text("0.5 % of the image")
    queue(page)
    rows, columns = np.nonzero(painted())
    assert (rows.mean(), columns.mean()) == (pytest.approx(63.5, abs=1), pytest.approx(63.5, abs=1))
