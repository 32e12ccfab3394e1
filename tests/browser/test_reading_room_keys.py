"""Keys may be pressed anew, are kept for their reader, and never mean two things."""

import pytest
from playwright.sync_api import expect

from reader.models import KeyMap, Reading
from tests.browser.seat import Seat, grey_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seat(chromium, live_server):
    seat = Seat(chromium.new_context(), live_server.url, grey_study(confidence="none")).sign_in()
    seat.enter().shows(1)
    yield seat
    seat.context.close()
    assert [line for line in seat.complaints if "409 (Conflict)" not in line] == []


def change(seat, action, key):
    """Press the button of a key in the list, then the new key."""
    if not seat.page.locator("#keys[open]").count():
        seat.press("?")
    seat.page.get_by_role("button", name=f"{action}:").click()
    seat.page.keyboard.press(key)


def sentence(seat):
    return seat.page.locator("#keys [data-sentence]")


def test_a_key_pressed_anew_answers_stands_on_its_button_and_the_old_one_does_nothing(seat):
    change(seat, "Real", "x")
    expect(sentence(seat)).to_have_text("Kept, for this and every other study.")
    seat.page.keyboard.press("Escape")
    expect(seat.page.locator("button[data-answer=real] kbd")).to_have_text("X")
    seat.press("r")
    seat.page.wait_for_timeout(300)
    assert not Reading.objects.exists()
    seat.press("x")
    seat.shows(2)

    seat.stored("real", None, None, None)


def test_a_reader_s_keys_come_along_to_another_computer(seat, chromium, live_server):
    change(seat, "Fake", "ArrowDown")
    expect(sentence(seat)).to_contain_text("would do two things")
    change(seat, "Fake", "j")
    expect(sentence(seat)).to_contain_text("Kept")
    other = Seat(chromium.new_context(), live_server.url, seat.assignment).sign_in()
    other.enter().shows(1)
    expect(other.page.locator("button[data-answer=fake] kbd")).to_have_text("J")
    other.press("j")

    other.stored("fake", None, None, None)
    other.context.close()


def test_a_key_that_is_taken_is_refused_with_a_sentence_and_nothing_changes(seat):
    change(seat, "Real", "f")
    expect(sentence(seat)).to_have_text(
        "F would do two things: “Real” and “Fake”. Choose another key, or change the other one first."
    )
    expect(seat.page.get_by_role("button", name="Real: R")).to_be_visible()

    assert not KeyMap.objects.exists()


def test_escape_leaves_a_key_as_it_was_and_the_list_open(seat):
    change(seat, "Real", "Escape")
    expect(seat.page.locator("#keys")).to_be_visible()
    expect(seat.page.get_by_role("button", name="Real: R")).to_be_focused()

    assert not KeyMap.objects.exists()


def test_tools_take_new_keys_too(seat):
    change(seat, "Invert black and white", "b")
    expect(sentence(seat)).to_contain_text("Kept")
    seat.page.keyboard.press("Escape")
    seat.press("b")

    expect(seat.page.get_by_role("button", name="Invert")).to_have_attribute("aria-pressed", "true")


def test_the_usual_keys_come_back_at_one_click(seat):
    change(seat, "Unsure", "y")
    expect(sentence(seat)).to_contain_text("Kept")
    seat.page.get_by_role("button", name="Usual keys").click()
    expect(seat.page.get_by_role("button", name="Unsure: U")).to_be_visible()

    assert KeyMap.objects.get().keys == {}


def test_a_digit_is_a_digit_on_a_keyboard_where_it_needs_shift(chromium, live_server):
    seat = Seat(chromium.new_context(), live_server.url, grey_study(2, design="pair")).sign_in()
    seat.enter().shows(1)
    seat.page.wait_for_timeout(200)
    seat.page.locator("body").dispatch_event("keydown", {"key": "é", "code": "Digit2", "bubbles": True})
    seat.shows(2)

    seat.stored("2", None)
    seat.context.close()


def test_enter_does_not_press_the_button_that_was_clicked_last(seat):
    seat.page.get_by_role("button", name="Invert").click()
    seat.page.keyboard.press("Enter")

    expect(seat.page.get_by_role("button", name="Invert")).to_have_attribute("aria-pressed", "true")
