"""Masks over images in a real Chromium: what the switches of the gallery and of an image's page change on screen."""

import io
import time

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image as Pillow

from lungstudy.library.models import Image, MaskSource
from lungstudy.library.pixels.encoding import encode_png
from tests.factories import ImageFactory
from tests.generation.mask_scenes import drawn_batch
from tests.library.masks import box, mask_set, stored_mask

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIDE, GREY = 64, 120
# In shares of the side: the mask covers the middle half.
INSIDE, OUTSIDE = (0.5, 0.5), (0.1, 0.1)
EDGE = 0.25
MIDDLE_HALF = box(16, 16, 48, 48, SIDE)


def grey_file():
    return ContentFile(encode_png(np.full((SIDE, SIDE), GREY, np.uint8)), "image.png")


@pytest.fixture
def masks():
    """A set over one of two synthetic images, both flat grey."""
    masks = mask_set(name="Lungs from attention", source=MaskSource.ATTENTION)
    images = list(Image.objects.filter(dataset=drawn_batch(count=2).dataset))
    for image in images:
        image.thumbnail.save("image.png", grey_file())
    stored_mask(image=images[0], inside=MIDDLE_HALF, within=masks, score=0.7)
    return masks


@pytest.fixture
def image():
    """One flat grey image with two masks."""
    image = ImageFactory(width=SIDE, height=SIDE, file=grey_file())
    for name in ("Lungs by hand", "Lungs by another hand"):
        stored_mask(image=image, inside=MIDDLE_HALF, within=mask_set(name=name))
    return image


def colours(element):
    """The element as it is on the screen, rows by columns by (red, green, blue)."""
    with Pillow.open(io.BytesIO(element.screenshot())) as picture:
        return np.asarray(picture.convert("RGB"), dtype=int)


def blue_at(element, across, down):
    """How much bluer than grey the screen is there; the first mask's colour is a sky blue."""
    seen = colours(element)
    red, _, blue = seen[int(down * len(seen)), int(across * seen.shape[1])]
    return blue - red


def bluest_near(element, across, down=0.5, reach=4):
    """The same, the most of a few pixels around: a line is thin."""
    seen = colours(element)
    row, column = int(down * len(seen)), int(across * seen.shape[1])
    near = seen[row, column - reach : column + reach + 1]
    return (near[:, 2] - near[:, 0]).max()


def soon(is_so):
    """A mask is drawn once its file is there."""
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_gallery_shows_a_sets_masks_filled_fainter_as_outlines_or_not_at_all(researchers_tab, masks):
    researchers_tab.goto(f"{reverse('generation:gallery')}?masks={masks.token}")
    over = researchers_tab.locator("#tiles .mask-over")
    assert over.count() == 1  # the other image has none
    soon(lambda: blue_at(over, *INSIDE) > 40)
    at_first = blue_at(over, *INSIDE)
    assert blue_at(over, *OUTSIDE) == 0

    opacity = researchers_tab.locator("#masks-opacity")
    opacity.press("End")
    assert blue_at(over, *INSIDE) > 1.5 * at_first
    opacity.press("Home")
    assert 0 < blue_at(over, *INSIDE) < at_first / 2

    researchers_tab.check("#masks-outline")
    soon(lambda: blue_at(over, *INSIDE) == 0)
    assert bluest_near(over, EDGE) > 100  # it was faint, and a faint line would not be seen
    assert bluest_near(over, 1 - EDGE) > 100
    assert bluest_near(over, EDGE - 0.1) == 0

    researchers_tab.uncheck("#masks-on")
    assert bluest_near(over, EDGE) == 0
    researchers_tab.check("#masks-on")
    assert bluest_near(over, EDGE) > 100


def test_the_keys_that_decide_do_not_act_while_the_masks_switches_have_the_focus(researchers_tab, masks):
    researchers_tab.goto(f"{reverse('generation:gallery')}?masks={masks.token}")
    researchers_tab.locator("#masks-opacity").press("ArrowRight")
    assert researchers_tab.locator("#masks-opacity").input_value() == "46"
    researchers_tab.locator("#masks-on").press("Space")
    assert not researchers_tab.locator("#masks-on").is_checked()


def test_an_images_page_draws_outlines_fills_fainter_or_stronger_and_each_mask_in_a_colour(researchers_tab, image):
    researchers_tab.goto(reverse("site:image", args=[image.token]))
    over = researchers_tab.locator(".mask-over")
    soon(lambda: bluest_near(over, EDGE) > 80)
    assert blue_at(over, *INSIDE) == 0

    researchers_tab.check("#masks-fill")
    soon(lambda: blue_at(over, *INSIDE) > 80)
    at_first = blue_at(over, *INSIDE)
    assert blue_at(over, *OUTSIDE) == 0
    opacity = researchers_tab.locator("#masks-opacity")
    opacity.press("End")
    soon(lambda: blue_at(over, *INSIDE) > 1.2 * at_first)
    opacity.press("Home")
    soon(lambda: blue_at(over, *INSIDE) == 0)

    opacity.press("End")
    researchers_tab.uncheck("#mask-on-1")
    researchers_tab.check("#mask-on-2")
    soon(lambda: blue_at(over, *INSIDE) < -100)  # orange
    researchers_tab.uncheck("#mask-on-2")
    soon(lambda: blue_at(over, *INSIDE) == 0)
