"""Time in the room: exposure limits, forced breaks, and how long the rest will take."""

import re

import pytest
from playwright.sync_api import expect

from reader.models import Reading, Sitting
from tests.browser.seat import Seat, grey_of, grey_study
from tests.factories import ReadingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sit(chromium, live_server):
    """Sits a reader down at a study."""
    seats = []

    def sit_at(assignment, **context):
        seats.append(Seat(chromium.new_context(**context), live_server.url, assignment).sign_in())
        return seats[-1]

    yield sit_at
    for seat in seats:
        seat.context.close()
        assert seat.complaints == []


def is_masked(seat):
    """Noise instead of one grey."""
    return len({seat.grey_at(0.5, 0.5 + step / 40) for step in range(-8, 8)}) > 4


def test_a_picture_is_covered_when_its_time_is_over_and_can_still_be_answered(sit):
    seat = sit(grey_study(exposure_ms=900))
    seat.enter().shows(1)
    seat.eventually(lambda: is_masked(seat))
    expect(seat.page.locator("#hint")).to_have_text("The time to look is over. Answer from memory.")
    seat.press("f")
    seat.shows(2)

    seat.stored("fake", None, None, None)
    assert Reading.objects.get().viewing["exposed_ms"] == 900


def test_no_picture_of_limited_time_is_seen_before_begin(sit):
    seat = sit(grey_study(exposure_ms=800))
    seat.enter(begin=False).shows(1)  # behind the dialog, which covers it
    seat.page.wait_for_timeout(1200)
    seat.page.get_by_role("button", name="Begin").click()
    seat.shows(1)
    seat.eventually(lambda: is_masked(seat))


def test_reloading_gives_no_time_back(sit):
    seat = sit(grey_study(exposure_ms=60_000))
    seat.enter().shows(1)
    seat.page.wait_for_timeout(700)
    seat.enter().shows(1)
    seat.page.wait_for_timeout(700)
    spent = "Number(Object.entries(localStorage).find(([key]) => key.startsWith('lungstudy-exposure'))[1])"
    assert seat.page.evaluate(spent) >= 1400


def test_going_back_shows_a_picture_no_longer_than_was_left(sit):
    seat = sit(grey_study(exposure_ms=700))
    seat.enter().shows(1)
    seat.eventually(lambda: is_masked(seat))
    seat.press("r")
    seat.shows(2)
    seat.press("ArrowLeft")
    seat.eventually(lambda: "image 1 again" in seat.page.locator("#progress").inner_text())

    assert is_masked(seat)
    seat.press("f")
    seat.stored("fake", None, None, None)


def test_what_was_answered_on_another_computer_is_not_seen_again_here(sit):
    assignment = grey_study(exposure_ms=700)
    ReadingFactory(slot=assignment.slots.in_reading_order()[0])
    seat = sit(assignment)
    seat.enter().shows(2)
    seat.press("ArrowLeft")
    seat.eventually(lambda: "image 1 again" in seat.page.locator("#progress").inner_text())

    assert is_masked(seat)
    assert seat.grey_at(0.5) != grey_of(1)


def test_the_room_rests_when_the_protocol_says_so_and_longer_than_a_reload(sit):
    seat = sit(grey_study(6, break_every=2, break_seconds=9))
    seat.enter().shows(1)
    seat.press("r", "r")
    pause = seat.page.get_by_role("dialog", name="A short break")
    expect(pause).to_be_visible()
    expect(pause.get_by_text(re.compile(r"You can go on in 0:0[1-9]\."))).to_be_visible()
    for key in ("Escape", "Escape", "f"):
        seat.page.keyboard.press(key)
    expect(pause.get_by_role("button", name="Go on")).to_be_disabled()
    seat.stored("real", "real", None, None, None, None)
    seat.enter(begin=False)
    expect(pause).to_be_visible()
    expect(pause.get_by_role("button", name="Go on")).to_be_enabled()
    seat.press("Enter")
    seat.shows(3)
    seat.press("f")
    seat.shows(4)

    seat.stored("real", "real", "fake", None, None, None)


def test_a_changed_answer_brings_no_break(sit):
    seat = sit(grey_study(6, break_every=2, break_seconds=1))
    seat.enter().shows(1)
    seat.press("r", "r")
    seat.page.get_by_role("button", name="Go on").click()
    seat.shows(3)
    seat.press("ArrowLeft", "f")
    seat.shows(3)

    expect(seat.page.locator("#break")).not_to_be_visible()


def test_how_long_the_rest_takes_is_told_from_five_answers_on_by_this_reader_s_median(sit):
    assignment = grey_study(20)
    slots = assignment.slots.in_reading_order()
    for slot, seconds in zip(slots, (1, 60, 60, 900), strict=False):
        ReadingFactory(slot=slot, seconds_open=seconds)
    seat = sit(assignment)
    seat.enter().shows(5)
    expect(seat.page.locator("#progress")).to_have_text("4 of 20 read")
    ReadingFactory(slot=slots[4], seconds_open=60)
    seat.enter().shows(6)

    expect(seat.page.locator("#progress")).to_have_text("5 of 20 read, about 15 minutes left")


def test_a_later_session_counts_for_itself(sit):
    assignment = grey_study(3, sessions=2)
    seat = sit(assignment)
    seat.enter().shows(1)

    expect(seat.page.locator("#progress")).to_have_text("Session 1: 0 of 3 read")


def test_each_visit_notes_its_screen_once(sit):
    assignment = grey_study()
    seat = sit(assignment, viewport={"width": 1000, "height": 700}, device_scale_factor=2)
    seat.enter().shows(1)
    seat.eventually(lambda: Sitting.objects.count() == 1)
    visit = Sitting.objects.get()

    assert (visit.window_width, visit.window_height, visit.pixel_ratio) == (1000, 700, 2)
    assert visit.assignment == assignment
    assert "Chrome" in visit.user_agent
    seat.enter()
    seat.eventually(lambda: Sitting.objects.count() == 2)
