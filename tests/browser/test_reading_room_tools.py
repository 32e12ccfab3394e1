"""The viewer's tools in the room: by key and by button, kept or reset for the next image, and none that gives away."""

import pytest
from playwright.sync_api import expect

from reader.models import Reading
from tests.browser.seat import LOOK, Seat, grey_of, grey_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sit(chromium, live_server):
    """Sits a reader down at a study, begun."""
    seats = []

    def sit_at(**study):
        seats.append(Seat(chromium.new_context(), live_server.url, grey_study(**study)).sign_in())
        seats[-1].enter().shows(1)
        return seats[-1]

    yield sit_at
    for seat in seats:
        seat.context.close()
        assert seat.complaints == []


def pressed(seat, name):
    return seat.page.get_by_role("button", name=name).get_attribute("aria-pressed")


@pytest.mark.parametrize("by", ["key", "button"])
def test_inverting_turns_the_greys_round_and_the_next_image_is_plain_again(sit, by):
    seat = sit()
    if by == "key":
        seat.press("i")
    else:
        seat.page.get_by_role("button", name="Invert").click()
    seat.eventually(lambda: seat.grey_at(0.5) == 255 - grey_of(1))
    seat.press("r")
    seat.shows(2)

    assert pressed(seat, "Invert") == "false"


def test_settings_stay_for_the_next_image_where_the_protocol_says_so(sit):
    seat = sit(carry_view=True)
    seat.press("i", "r")
    seat.eventually(lambda: seat.grey_at(0.5) == 255 - grey_of(2))

    assert pressed(seat, "Invert") == "true"


def test_presets_follow_each_other_and_the_bar_names_the_one_that_is_on(sit):
    seat = sit()
    name = seat.page.locator("[data-preset-name]")
    expect(name).to_have_text("Full range")
    seat.press("p")
    expect(name).to_have_text("Lung")
    seat.press("ArrowUp")
    expect(name).to_have_text("Own window")
    seat.press("p")
    expect(name).to_have_text("Full range")
    seat.shows(1)


def test_keys_zoom_move_and_reset(sit):
    seat = sit()
    at_the_edge = lambda: seat.grey_at(0.02)  # noqa: E731
    assert at_the_edge() == 10  # beside the square picture
    seat.press(*["+"] * 4)
    seat.eventually(lambda: at_the_edge() == grey_of(1))
    seat.press("z")
    seat.eventually(lambda: at_the_edge() == 10)
    before = seat.grey_at(0.27), seat.grey_at(0.73)
    seat.press(*["Shift+ArrowLeft"] * 3)
    seat.eventually(lambda: (seat.grey_at(0.27), seat.grey_at(0.73)) != before)
    seat.press("w")

    seat.eventually(lambda: (seat.grey_at(0.27), seat.grey_at(0.73)) == before)


def test_actual_size_is_one_to_one(sit):
    seat = sit()
    seat.press("o")
    expect(seat.page.get_by_role("button", name="Actual size, 1:1")).to_have_attribute("aria-pressed", "true")
    box = seat.page.locator("#stage").bounding_box()

    seat.eventually(lambda: seat.grey_at(0.5 + 60 / box["width"]) == 10)
    assert seat.grey_at(0.5 + 40 / box["width"]) == grey_of(1)  # of 96 pixels


def test_flipping_is_not_there_unless_the_protocol_allows_it(sit):
    seat = sit()
    expect(seat.page.get_by_role("button", name="Flip")).to_have_count(0)
    seat.press("?")
    expect(seat.page.locator("#keys")).not_to_contain_text("Flip")


def test_flipping_where_it_is_allowed(sit):
    seat = sit(allow_flip=True)
    seat.press("h")

    expect(seat.page.get_by_role("button", name="Flip")).to_have_attribute("aria-pressed", "true")


def test_all_tools_are_listed_by_their_keys(sit):
    seat = sit(allow_flip=True, marking="both", allow_comment=True)
    seat.press("?")
    for words in ("Magnifier", "Zoom in", "Flip left and right", "Mark where it looks generated", "Write a comment"):
        expect(seat.page.locator("#keys")).to_contain_text(words)


def test_a_drag_of_the_window_is_no_answer_and_keys_work_after_it(sit):
    seat = sit()
    box = seat.page.locator("#stage").bounding_box()
    seat.page.mouse.move(box["x"] + 300, box["y"] + 200)
    seat.page.mouse.down()
    seat.page.mouse.move(box["x"] + 360, box["y"] + 300, steps=5)
    seat.page.mouse.up()
    seat.eventually(lambda: seat.grey_at(0.5) != grey_of(1))
    seat.press("u")
    seat.shows(2)

    seat.stored("unsure", None, None, None)
    assert Reading.objects.get().viewing["window_changes"] == 1


def test_on_a_telephone_a_tap_answers_and_two_fingers_zoom(chromium, live_server):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    seat = Seat(context, live_server.url, grey_study()).sign_in()
    seat.enter().shows(1)
    seat.page.get_by_role("button", name="Tools").tap()
    seat.page.get_by_role("button", name="Invert").tap()
    seat.eventually(lambda: seat.grey_at(0.5) == 255 - grey_of(1))
    hand = context.new_cdp_session(seat.page)
    for kind, apart in (("touchStart", 60), ("touchMove", 90), ("touchMove", 120), ("touchEnd", None)):
        points = [{"x": 195 + (finger - 0.5) * apart, "y": 400, "id": finger} for finger in (0, 1)] if apart else []
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    seat.eventually(lambda: seat.grey_at(0.5, 0.15) == 255 - grey_of(1))  # as the fingers left it, twice as large
    seat.page.wait_for_timeout(LOOK)  # a browser takes a tap right after a gesture for its end
    seat.page.get_by_role("button", name="Real").tap()
    seat.shows(2)

    seat.stored("real", None, None, None)
    assert Reading.objects.get().viewing["zoom_max"] > 1.3
    context.close()
