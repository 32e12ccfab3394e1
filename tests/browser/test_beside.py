"""What may be said beside an answer: confidence, a comment, and the marks in words."""

import pytest
from playwright.sync_api import expect

from tests.browser.beside_stage import BesideStage, box, point

pytestmark = pytest.mark.browser
LEFT = 100  # where the picture begins on the stage


@pytest.fixture
def beside(chromium):
    stages = []

    def opened(**protocol):
        stages.append(BesideStage(chromium, **protocol))
        return stages[-1]

    yield opened
    for stage in stages:
        stage.close()


# ---- the marks in words


def test_marks_are_listed_with_reasons_and_can_be_removed(beside):
    room = beside(marking="both", mark_reasons=["ribs", "text"])
    room.reset({"marks": [point(0.25, 0.5, reason="text"), box(0.1, 0.2, 0.3, 0.4)]})
    rows = room.page.locator(".marks-list li")
    expect(rows.locator("span")).to_have_text(
        ["point, 25 % from the left, 50 % from the top", "box, 10 % from the left, 20 % from the top"]
    )
    room.page.get_by_label("Reason for mark 2").select_option("ribs")
    room.page.get_by_role("button", name="Remove mark 1").click()

    expect(rows).to_have_count(1)
    assert room.value["marks"] == [box(0.1, 0.2, 0.3, 0.4, reason="ribs")]
    assert room.marks().get_attribute("aria-label") == "Mark 1: box, 10 % from the left, 20 % from the top, ribs"


def test_without_reasons_in_the_protocol_none_is_asked(beside):
    room = beside(marking="point")
    room.reset({"marks": [point(0.5, 0.5)]})

    expect(room.page.locator(".marks-list select")).to_have_count(0)


def test_the_next_image_begins_without_marks_and_going_back_shows_them_again(beside):
    room = beside(marking="both", allow_comment=True, confidence="keys")
    room.act("mark")
    room.page.mouse.click(LEFT + 100, 100)
    room.act("confidence-4")
    said = room.value
    room.reset()

    assert room.value == {"confidence": None, "comment": "", "marks": []}
    expect(room.marks()).to_have_count(0)
    assert room.run("viewer.tool") == "window"
    room.reset(said)
    assert room.value == said
    expect(room.marks()).to_have_count(1)


def test_there_is_no_fifty_first_mark_and_it_says_so(beside):
    room = beside(marking="point")
    room.reset({"marks": [point(number / 100, 0.2) for number in range(50)]})
    room.act("mark")
    room.press("Enter")

    assert len(room.value["marks"]) == 50
    expect(room.page.locator(".marks [role=status]")).to_have_text(
        "There are 50 marks, and no more can be set. Remove one first."
    )


# ---- confidence


def ready(room):
    return room.page.evaluate("beside => beside.ready()", room.beside)


def test_no_confidence_is_suggested_and_a_number_says_it(beside):
    room = beside(confidence="keys")
    pressed = room.page.locator(".confidence button[aria-pressed=true]")
    expect(pressed).to_have_count(0)
    assert not ready(room)
    assert (
        room.page.evaluate("beside => beside.ask()", room.beside)
        == "How sure are you? Press 1 for a guess to 5 for sure."
    )
    room.act("confidence-2")
    expect(pressed).to_have_text("2")
    room.page.get_by_role("button", name="5").click()

    assert ready(room)
    assert room.value["confidence"] == 5
    assert room.page.evaluate("window.settled") == 2


def test_the_slider_says_nothing_before_it_is_used(beside):
    room = beside(confidence="slider")

    assert not ready(room)
    assert room.value["confidence"] is None
    expect(room.page.locator(".confidence output")).to_have_text("not said yet")


def test_the_slider_is_set_by_keys_which_the_room_does_not_hear_and_enter_settles_it(beside):
    room = beside(confidence="slider")
    room.page.evaluate("beside => beside.ask()", room.beside)
    room.press("End", "ArrowLeft", "ArrowLeft")
    assert room.page.evaluate("window.settled") == 0
    room.press("Enter")

    assert room.value["confidence"] == 98
    assert room.page.evaluate("window.settled") == 1
    assert room.heard == []


def test_letting_go_of_the_slider_settles_it_once_even_where_it_stood(beside):
    room = beside(confidence="slider")
    middle = room.page.locator(".confidence input").bounding_box()
    room.page.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)

    assert room.value["confidence"] == 50
    assert room.page.evaluate("window.settled") == 1
    assert room.page.evaluate("document.activeElement === document.body"), "the keys are the room's again"


# ---- comment


def test_nothing_that_is_typed_into_a_comment_is_heard_by_the_room_until_escape(beside):
    room = beside(allow_comment=True)
    room.act("comment")
    room.page.keyboard.type(" Ribs f0r real? ")
    room.press("ArrowLeft", "Enter", "Escape", "f")

    assert room.value["comment"] == "Ribs f0r real?"
    assert room.heard == ["f"]


def test_a_comment_ends_at_two_thousand_characters(beside):
    room = beside(allow_comment=True)
    room.act("comment")
    room.page.keyboard.insert_text("x" * 2100)

    assert len(room.value["comment"]) == 2000


def test_nothing_is_shown_where_the_protocol_asks_nothing(beside):
    room = beside()

    expect(room.page.locator("#place")).to_be_hidden()
    assert room.value == {"confidence": None, "comment": "", "marks": []}
    assert ready(room)
