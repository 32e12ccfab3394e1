"""The preview of a strip in a real Chromium: pressed, waited for, and looked at, drawn by the starter."""

import pytest
from playwright.sync_api import expect

from generation.actions.drawing import draw_next
from generation.models import Batch
from lungstudy.library.models import Image

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COLUMNS = 3


@pytest.fixture(autouse=True)
def queue(settings):
    """Messages go nowhere: the test draws what the rows say."""
    settings.CELERY_BROKER_URL = "memory://"


def filled(tab):
    tab.goto("/generation/steering/")
    tab.locator("#id_highs").fill("frontal chest radiograph, cardiomegaly")
    tab.locator("#id_steps").fill("2")
    tab.locator("#id_columns").fill(str(COLUMNS))
    return tab.locator("#grid-preview")


def test_a_preview_comes_into_the_page_as_it_is_drawn_and_leaves_the_form_alone(researchers_tab):
    grid = filled(researchers_tab)
    typed = researchers_tab.locator("#id_low").input_value()
    researchers_tab.get_by_role("button", name="Preview").click()
    expect(grid.get_by_role("status")).to_contain_text(f"0 of {COLUMNS} drawn")
    expect(grid.get_by_text("not drawn yet")).to_have_count(COLUMNS)
    draw_next()
    expect(grid.get_by_role("status")).to_contain_text(f"{COLUMNS} of {COLUMNS} drawn")
    pictures = grid.locator("img")
    expect(pictures).to_have_count(COLUMNS)
    for number in range(COLUMNS):
        expect(pictures.nth(number)).to_have_js_property("complete", True)
        assert pictures.nth(number).evaluate("picture => picture.naturalWidth") > 0
    assert researchers_tab.locator("#id_low").input_value() == typed
    assert researchers_tab.url.endswith("/generation/steering/")


def test_a_second_press_shows_what_is_there_already(researchers_tab):
    grid = filled(researchers_tab)
    researchers_tab.get_by_role("button", name="Preview").click()
    expect(grid.get_by_role("status")).to_contain_text("drawn")
    draw_next()
    expect(grid.locator("img")).to_have_count(COLUMNS)
    researchers_tab.get_by_role("button", name="Preview").click()
    expect(grid.get_by_role("status")).to_contain_text(f"{COLUMNS} of {COLUMNS} drawn")
    assert (Batch.objects.count(), Image.objects.count()) == (1, COLUMNS)


def test_what_cannot_be_drawn_is_said_in_its_place(researchers_tab):
    grid = filled(researchers_tab)
    researchers_tab.locator("#id_low").fill("")
    researchers_tab.get_by_role("button", name="Preview").click()
    expect(grid.get_by_role("alert").first).to_be_visible()
    assert not Batch.objects.exists()
