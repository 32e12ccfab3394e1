"""Correcting a mask in a real Chromium: by pointer, by keys and by two fingers; every save is a version of its own."""

import io
import uuid

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from playwright.sync_api import expect

from lungstudy.library.actions.correcting import correct_mask
from tests.factories import ImageFactory, ResearcherFactory, grey_png
from tests.library.masks import box, stored_mask

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIDE = 200


@pytest.fixture
def mask():
    """A square in the middle of a film of 200 by 200 pixels."""
    image = ImageFactory(width=SIDE, height=SIDE, source_name="film.png")
    image.file.save("image.png", io.BytesIO(grey_png(3, SIDE)))
    return stored_mask(image=image, inside=box(80, 80, 120, 120, SIDE))


@pytest.fixture
def page(chromium, live_server, mask):
    """A researcher's tab on the editor; an error on the page fails the test."""
    client = Client()
    client.force_login(ResearcherFactory(first_name="Rita", last_name="Researcher"))
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 1000}, has_touch=True)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    tab, errors = context.new_page(), []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
    tab.goto(reverse("library:correct_mask", args=[mask.token]))
    tab.locator("#mask-editor[data-ready]").wait_for()
    yield tab
    context.close()
    assert errors == []


def place(page, across, down):
    """Where a pixel of the image is on the screen, while the whole image is shown."""
    stage = page.locator("#mask-stage").bounding_box()
    scale = min(stage["width"], stage["height"]) / SIDE
    left, top = (stage[side] / 2 - SIDE * scale / 2 for side in ("width", "height"))
    return stage["x"] + left + across * scale, stage["y"] + top + down * scale


def drag(page, *points):
    page.mouse.move(*place(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place(page, *point), steps=4)
    page.mouse.up()


def keys(page, *names):
    page.locator("#mask-stage").focus()
    for name in names:
        page.keyboard.press(name)


def saved(page, number):
    expect(page.locator("#mask-state")).to_contain_text(f"Saved as version {number}.")


def inside(mask, number):
    with mask.versions.get(number=number).file.open("rb") as file, Pillow.open(file) as picture:
        levels = np.asarray(picture)
    assert set(np.unique(levels)) == {0, 255}
    return levels > 0


def blue_at(page, across, down):
    """How much bluer than grey the stage is at a pixel of the image; the film is grey and the mask sky blue."""
    x, y = place(page, across, down)
    clip = {"x": round(x), "y": round(y), "width": 1, "height": 1}
    with Pillow.open(io.BytesIO(page.screenshot(clip=clip))) as picture:
        red, _, blue = picture.convert("RGB").getpixel((0, 0))
    return blue - red


def test_a_painted_line_is_saved_as_the_next_version_and_undo_takes_it_back(page, mask):
    expect(page.locator("#mask-save")).to_be_disabled()
    drag(page, (20, 20), (60, 20))
    drag(page, (20, 180), (60, 180))
    keys(page, "z")
    page.fill("#mask-comment", "line above")
    page.locator("#mask-save").click()
    saved(page, 2)

    found = inside(mask, 2)
    assert found[80:120, 80:120].all()  # what was there stays
    assert found[20, 22:58].all()
    assert not found[180].any()
    version = mask.versions.get(number=2)
    assert (str(version.made_by), version.comment) == ("Rita Researcher", "line above")
    expect(page.locator("#mask-versions > li")).to_have_count(2)
    expect(page.locator("#mask-versions > li").first).to_contain_text("Rita Researcher")
    expect(page.locator("#mask-save")).to_be_disabled()

    keys(page, "y", "s")  # redo is a change again
    saved(page, 3)
    assert inside(mask, 3)[180, 22:58].all()


def test_the_keyboard_draws_a_polygon_cuts_one_out_sizes_the_brush_and_saves(page, mask):
    # The cross begins in the middle; a press with Shift moves it by 10 pixels.
    corners = ["Shift+ArrowUp"] * 8 + ["Space"] + ["Shift+ArrowRight"] * 5 + ["Space"] + ["Shift+ArrowDown"] * 4
    keys(page, "p", *corners, "Space", "Enter")
    expect(page.locator("#mask-state")).to_contain_text("Polygon closed.")
    keys(page, "]", "]", "[", "b", "s")
    saved(page, 2)
    found = inside(mask, 2)
    assert found[30, 140]  # between (100, 20), (150, 20) and (150, 60)
    assert not found[55, 105]
    assert int(page.locator("#mask-brush").input_value()) > 20

    # A corner that is dropped, then a triangle inside the square, then the eraser on the square's edge.
    triangle = ["Shift+ArrowLeft"] * 6 + ["Shift+ArrowDown"] * 3 + ["Space"] + ["Shift+ArrowRight"] * 2 + ["Space"]
    keys(page, "x", "Space", "Escape", *triangle, *["Shift+ArrowDown"] * 2, "Space", "Enter")
    keys(page, "e", *["Shift+ArrowLeft"] * 2, "Space")
    expect(page.locator("#mask-state")).to_contain_text("Erased.")
    keys(page, "Control+s")
    saved(page, 3)
    found = inside(mask, 3)
    assert not found[95, 106]  # between (90, 90), (110, 90) and (110, 110)
    assert found[85, 112]  # would be in it with the corner that was dropped
    assert not found[110, 90]
    assert found[30, 140]


def test_clicks_set_the_corners_of_a_polygon_and_a_double_click_or_the_button_closes_it(page, mask):
    keys(page, "p")
    for corner in ((20, 20), (60, 20)):
        page.mouse.click(*place(page, *corner))
    page.mouse.dblclick(*place(page, 60, 60))
    expect(page.locator("#mask-state")).to_contain_text("Polygon closed.")

    page.locator("label[for=tool-cut]").click()
    for corner in ((90, 90), (110, 90), (110, 110)):
        page.mouse.click(*place(page, *corner))
    expect(page.locator("#mask-state")).to_contain_text("Corner 3.")
    page.get_by_role("button", name="Close the polygon").click()
    expect(page.locator("#mask-state")).to_contain_text("Polygon closed.")
    keys(page, "s")
    saved(page, 2)
    found = inside(mask, 2)
    assert found[30, 50]
    assert not found[50, 30]
    assert not found[95, 105]
    assert found[105, 95]


def test_the_eraser_takes_away_what_it_is_dragged_over_and_control_z_brings_it_back(page, mask):
    keys(page, "e")
    drag(page, (70, 90), (130, 90))
    drag(page, (100, 110), (100, 130))
    keys(page, "Control+z", "s")
    saved(page, 2)
    found = inside(mask, 2)
    assert not found[90, 80:120].any()
    assert found[115, 80:120].all()


def test_keys_make_the_mask_fainter_or_stronger_an_outline_or_hide_it(page):
    assert [blue_at(page, *spot) for spot in ((85, 85), (40, 40))] == [pytest.approx(66, abs=4), 0]
    keys(page, ",")
    fainter = blue_at(page, 85, 85)
    keys(page, ".", ".")
    assert 0 < fainter < 66 < blue_at(page, 85, 85)
    keys(page, "o")
    assert blue_at(page, 85, 85) == 0
    assert blue_at(page, 79.8, 85) > 40
    keys(page, "m")
    assert blue_at(page, 79.8, 85) == 0
    keys(page, "m", "o")
    assert blue_at(page, 85, 85) > 66


def test_what_is_drawn_while_zoomed_and_moved_lies_where_the_film_shows_it(page, mask):
    page.mouse.move(*place(page, 40, 40))
    for _ in range(4):
        page.mouse.wheel(0, -300)  # the pixel under the pointer stays there
    keys(page, *["["] * 12)
    drag(page, (40, 40), (40.2, 40.2))
    keys(page, "0", "s")
    saved(page, 2)
    rows, columns = np.nonzero(inside(mask, 2) & ~box(80, 80, 120, 120, SIDE))
    assert len(rows)
    assert abs(rows.mean() - 40) < 2
    assert abs(columns.mean() - 40) < 2


def test_one_finger_paints_and_two_zoom_without_leaving_a_dot(page, mask):
    finger = page.context.new_cdp_session(page)

    def touch(kind, *points):
        at = [dict(zip("xy", place(page, *point), strict=True), id=number) for number, point in enumerate(points)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", (30, 30))
    touch("touchMove", (60, 30))
    touch("touchEnd")
    touch("touchStart", (150, 150))
    touch("touchStart", (150, 150), (170, 170))
    touch("touchMove", (140, 140), (180, 180))
    touch("touchEnd")
    keys(page, "s")
    saved(page, 2)
    added = inside(mask, 2) & ~box(80, 80, 120, 120, SIDE)
    assert added[30, 32:58].all()
    assert not added[120:].any()


def test_an_old_version_is_shown_and_what_others_saved_meanwhile_is_not_lost(page, mask):
    page.get_by_role("button", name="Show version 1").click()
    expect(page.locator("#mask-state")).to_have_text("Version 1 is outlined in orange.")
    other = ResearcherFactory(first_name="Otto", last_name="Other")
    correct_mask(mask=mask, pixels=box(5, 5, 60, 60, SIDE), based_on=1, request_key=uuid.uuid4(), by=other)
    drag(page, (20, 180), (60, 180))
    page.locator("#mask-save").click()
    expect(page.locator("#mask-notice")).to_contain_text("Otto Other saved version 2 meanwhile")
    expect(page.get_by_role("button", name="Show version 2")).to_have_attribute("aria-pressed", "true")

    page.locator("#mask-save").click()
    saved(page, 3)
    assert inside(mask, 3)[180, 22:58].all()
    assert inside(mask, 2)[10, 10]

    page.get_by_role("button", name="Restore version 2").click()
    expect(page.get_by_text("Version 2 restored as version 4.")).to_be_visible()
    assert (inside(mask, 4) == inside(mask, 2)).all()


def test_leaving_with_a_drawing_that_is_not_saved_asks_first(page, mask):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", stay)
    drag(page, (20, 20), (60, 20))
    page.locator("main a").first.click()
    page.wait_for_url("**/sets/**")
    assert asked == ["beforeunload"]
    assert mask.versions.count() == 1
