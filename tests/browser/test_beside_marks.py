"""Marks where an image looks generated: drawn by mouse, finger and keyboard alone, and seen where they were drawn."""

import base64

import numpy as np
import pytest

from tests.browser.beside_stage import BesideStage, box, point
from tests.browser.viewer_stage import read_url

pytestmark = pytest.mark.browser
# A picture of 400 by 400 lies on the stage from (100, 0) to (500, 400).
LEFT = 100
SIDE = 400


@pytest.fixture
def beside(chromium):
    stages = []

    def opened(**protocol):
        stages.append(BesideStage(chromium, **protocol))
        return stages[-1]

    yield opened
    for stage in stages:
        stage.close()


# ---- by mouse


def test_a_click_sets_a_point_and_a_drag_a_box(beside):
    room = beside(marking="both")
    room.act("mark")
    room.page.mouse.click(LEFT + 100, 50)
    room.drag((LEFT + 300, 300), (LEFT + 200, 200))

    assert room.value["marks"] == [point(0.25, 0.125), box(0.5, 0.5, 0.25, 0.25)]


@pytest.mark.parametrize(
    ("marking", "kept"), [("point", [point(0.5, 0.5), point(0.25, 0.25)]), ("box", [box(0.25, 0.25, 0.25, 0.25)])]
)
def test_only_the_kinds_of_the_protocol_can_be_drawn(beside, marking, kept):
    room = beside(marking=marking)
    room.act("mark")
    room.drag((LEFT + 100, 100), (LEFT + 200, 200))
    room.page.mouse.click(LEFT + 100, 100)

    assert room.value["marks"] == kept


def test_a_box_that_is_dragged_beyond_the_picture_ends_at_its_edge(beside):
    room = beside(marking="box")
    room.act("mark")
    room.drag((LEFT + 300, 300), (590, 395))

    assert room.value["marks"] == [box(0.75, 0.75, 0.25, 0.2375)]


def test_nothing_is_marked_before_marking_begins_nor_after_it_ends(beside):
    room = beside(marking="both")
    room.page.mouse.click(LEFT + 100, 100)
    room.act("mark")
    room.press("Escape")
    room.page.mouse.click(LEFT + 100, 100)
    room.drag((LEFT + 100, 100), (LEFT + 200, 200))

    assert room.value["marks"] == []
    assert room.run("viewer.tool") == "window"
    assert room.state["width"] != 1, "the drag is the window's again"


def test_a_mark_is_dragged_to_where_it_belongs(beside):
    room = beside(marking="both")
    room.reset({"marks": [point(0.5, 0.5, reason="")]})
    room.act("mark")
    room.drag((LEFT + 200, 200), (LEFT + 300, 100))

    assert room.value["marks"] == [point(0.75, 0.25)]


# ---- by finger


def test_a_tap_sets_a_point_and_one_finger_spans_a_box(beside):
    room = beside(marking="both")
    room.page.get_by_role("button", name="Mark").tap()
    room.touch("Start", (LEFT + 100, 100))
    room.touch("End")
    room.touch("Start", (LEFT + 200, 200))
    room.touch("Move", (LEFT + 250, 250))
    room.touch("Move", (LEFT + 300, 300))
    room.touch("End")

    assert room.value["marks"] == [point(0.25, 0.25), box(0.5, 0.5, 0.25, 0.25)]


def test_two_fingers_zoom_while_marking_and_leave_no_mark(beside):
    room = beside(marking="both")
    room.act("mark")
    room.touch("Start", (LEFT + 150, 200))
    room.touch("Start", (LEFT + 150, 200), (LEFT + 250, 200))
    room.touch("Move", (LEFT + 100, 200), (LEFT + 300, 200))
    room.touch("End")
    zoomed = room.state["zoom"]
    room.touch("Start", (LEFT + 200, 200))
    room.touch("End")

    assert zoomed > 1.5
    assert len(room.value["marks"]) == 1, "and one finger marks again"


# ---- by keyboard alone


def test_the_crosshair_begins_in_the_middle_and_enter_sets_a_point(beside):
    room = beside(marking="both")
    room.act("mark")
    room.press("Enter", *["ArrowRight"] * 5, *["ArrowUp"] * 10, "Enter")

    assert room.value["marks"] == [point(0.5, 0.5), point(0.6, 0.3)]


def test_shift_and_arrows_span_a_box_and_the_arrows_alone_begin_anew(beside):
    room = beside(marking="both")
    room.act("mark")
    room.press(*["Shift+ArrowRight"] * 10, *["Shift+ArrowDown"] * 5, "Enter", "ArrowLeft", "Enter")

    assert room.value["marks"] == [box(0.5, 0.5, 0.2, 0.1), point(0.68, 0.6)]


def test_where_only_boxes_are_asked_enter_alone_sets_one_around_the_crosshair(beside):
    room = beside(marking="box")
    room.act("mark")
    room.press("Enter")

    assert room.value["marks"] == [box(0.45, 0.45, 0.1, 0.1)]


def test_tab_walks_the_marks_where_arrows_move_shift_grows_and_delete_removes(beside):
    room = beside(marking="both")
    room.reset({"marks": [point(0.1, 0.1), box(0.5, 0.5, 0.2, 0.2), point(0.9, 0.9)]})
    room.act("mark")
    room.press("Tab")
    assert room.focused().get_attribute("aria-label") == "Mark 1: point, 10 % from the left, 10 % from the top"
    room.press("ArrowLeft", "Tab", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown", "Tab", "Delete")

    assert room.value["marks"] == [point(0.08, 0.1), box(0.5, 0.48, 0.22, 0.24)]
    assert room.focused().get_attribute("class").startswith("marks-overlay"), "the keyboard is not lost"


def test_enter_on_a_mark_leads_to_its_reason(beside):
    room = beside(marking="point", mark_reasons=["ribs", "text"])
    room.reset({"marks": [point(0.5, 0.5)]})
    room.act("mark")
    room.press("Tab", "Enter", "ArrowDown", "ArrowDown", "Enter")

    assert room.value["marks"] == [point(0.5, 0.5, reason="text")]


def test_while_marking_the_room_hears_answers_and_nothing_of_the_marks(beside):
    room = beside(marking="both")
    room.act("mark")
    room.press("ArrowLeft", "Enter", "Tab", "Delete", "Shift+ArrowLeft", "Escape", "r")

    assert [key for key in room.heard if key not in ("Shift", "Tab")] == ["r"]


# ---- where marks are seen


def middle_and_width(room):
    """Of the only box on the overlay, in CSS pixels."""
    seen = room.page.locator(".marks-overlay .mark rect.over").bounding_box()
    return seen["x"] + seen["width"] / 2, seen["y"] + seen["height"] / 2, seen["width"]


def test_marks_follow_zoom_pan_and_flip(beside):
    room = beside(marking="box")
    room.reset({"marks": [box(0.25, 0.25, 0.1, 0.1)]})
    assert middle_and_width(room) == pytest.approx((LEFT + 120, 120, 40), abs=2)
    room.command("flip")
    assert middle_and_width(room) == pytest.approx((LEFT + 280, 120, 40), abs=2)
    room.command("flip")
    for _ in range(3):
        room.command("zoomIn")
    room.command("pan", 30, 20)

    scale = room.state["zoom"]
    x, y, width = middle_and_width(room)
    assert width == pytest.approx(40 * scale, abs=3)
    assert (x, y) == pytest.approx((300 - 80 * scale + 30, 200 - 80 * scale + 20), abs=3)


def test_what_is_drawn_on_a_zoomed_and_flipped_picture_lies_where_it_was_seen(beside):
    room = beside(marking="both")
    room.act("mark")
    room.command("flip")
    room.run("viewer.zoomAt(350, 150, 3)")
    seen = room.run("viewer.toPicture(...at)", 320, 120)
    room.page.mouse.click(320, 120)

    (mark,) = room.value["marks"]
    assert (mark["x"], mark["y"]) == pytest.approx((seen["x"], seen["y"]), abs=1e-4)


def test_each_picture_of_a_tuple_has_its_own_marks(beside):
    room = beside(marking="point", pictures=2)
    _, second = room.run("viewer.frames()")
    room.act("mark")
    room.page.mouse.click(second["left"] + second["width"] / 2, second["top"] + second["height"] / 2)
    room.press(*["ArrowLeft"] * 40, "Enter")

    one, other = room.value["marks"]
    assert (one["place"], one["x"], one["y"]) == (2, pytest.approx(0.5, abs=0.01), pytest.approx(0.5, abs=0.01))
    assert other["place"] == 1, "the crosshair goes on in the neighbour"


def test_a_mark_that_is_zoomed_out_of_its_pane_is_not_drawn_over_the_neighbour(beside):
    room = beside(marking="point", pictures=2)
    room.show(*[np.zeros((400, 400), np.uint8)] * 2)
    room.reset({"marks": [point(0.95, 0.5)]})
    assert grey_of_pane(room, 0).max() > 100
    for _ in range(3):
        room.command("zoomIn")

    assert grey_of_pane(room, 1).max() == 0


def grey_of_pane(room, index):
    frame = room.run("viewer.frames()")[index]
    clip = {"x": frame["left"], "y": frame["top"], "width": frame["width"], "height": frame["height"]}
    return grey_on_screen(room, clip)


def grey_on_screen(room, clip):
    file = room.page.screenshot(clip=clip)
    return read_url(f"data:image/png;base64,{base64.b64encode(file).decode()}")


def test_marks_are_grey_on_black_and_on_white(beside):
    room = beside(marking="both", mark_reasons=["ribs"])
    room.reset({"marks": [point(0.3, 0.3), box(0.5, 0.5, 0.2, 0.2)]})
    for level in (0, 255):
        room.show(np.full((400, 400), level, np.uint8))
        pixels = grey_on_screen(room, {"x": LEFT, "y": 0, "width": SIDE, "height": SIDE})
        assert (abs(pixels - level) > 60).sum() > 200, "they stand out"
