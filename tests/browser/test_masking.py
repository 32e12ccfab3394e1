"""Masking burnt-in letters in a real browser: by pointer, by keyboard, on one image or on all."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from reader.models import Study
from tests.reader.builder import drawn_draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def study():
    return drawn_draft(image_size=256)


@pytest.fixture
def page(chromium, live_server, study):
    client = Client()
    client.force_login(study.created_by)
    context = chromium.new_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url + reverse("reader:masks", args=[study.token]))
    yield page
    context.close()
    assert [text for text in complaints if "ERR_FAILED" not in text] == []  # one test cuts the connection itself


def drag(page, case, start, end):
    """Drag over one case's picture, from and to fractions of it."""
    page.locator(".mask-stage").nth(case - 1).scroll_into_view_if_needed()
    frame = page.locator(".mask-stage").nth(case - 1).bounding_box()
    places = [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def saved(page):
    expect(page.locator("#saving")).to_have_text("Saved")


def press(page, case, *keys):
    page.locator(".mask-case").nth(case - 1).focus()
    for key in keys:
        page.keyboard.press(key)
    saved(page)


def masks(study):
    return dict(study.cases.exclude(marker_masks=[]).values_list("number", "marker_masks"))


def test_a_dragged_box_is_stored_as_fractions_and_a_press_removes_it(page, study):
    drag(page, 1, (0.7, 0.1), (0.9, 0.3))
    saved(page)
    assert masks(study)[1][0] == pytest.approx([0.7, 0.1, 0.9, 0.3], abs=0.01)

    page.locator(".mask-case").nth(0).locator("rect").click()
    saved(page)
    expect(page.locator(".mask-case").nth(0).locator("rect")).to_have_count(0)
    assert masks(study) == {}


def test_the_keyboard_masks_a_corner_and_moves_sizes_and_removes_a_box(page, study):
    press(page, 2, "2")
    press(page, 3, "b", "ArrowRight", "ArrowUp", "Shift+ArrowDown")
    stored = masks(study)
    assert stored[2] == [[0.82, 0, 1, 0.18]]
    assert stored[3][0] == pytest.approx([0.45, 0.43, 0.57, 0.56])

    press(page, 3, "Delete")
    assert set(masks(study)) == {2}


def test_arrows_move_between_images_and_a_box_on_all_lies_on_all(page, study):
    page.get_by_label("Draw on all images").check()
    page.locator(".mask-case").nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".mask-case").nth(1)).to_be_focused()
    page.keyboard.press("1")
    saved(page)
    expect(page.locator("rect.everywhere")).to_have_count(6)

    assert Study.objects.get().fixed_masks == [[0, 0, 0.18, 0.18]]
    assert masks(study) == {}


def test_a_box_that_the_site_did_not_take_says_so_and_is_sent_with_the_next(page, study):
    page.route("**/masks/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    drag(page, 1, (0.1, 0.1), (0.3, 0.3))
    expect(page.locator("#saving")).to_contain_text("Not saved: The site does not answer")
    page.unroute("**/masks/")
    press(page, 2, "1")

    assert set(masks(study)) == {1, 2}


def test_looking_through_is_noted_and_leads_back_to_the_study(page, study):
    page.get_by_role("button", name="I have looked at all").click()

    expect(page.get_by_text("all have been looked at")).to_be_visible()
    assert not study.cases.filter(markers_checked_at=None).exists()
