"""Answering in the reading room: keys, clicks, going back, coming back."""

import re
import time

import pytest
from playwright.sync_api import expect

from reader.models import Reading
from tests.browser.seat import Seat, grey_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Inside the page, since the way from here to there takes longer than a finger bounces.
TWO_PRESSES = """async () => {
  const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  press("r");
  await new Promise((resolve) => setTimeout(resolve, 20));
  press("f");
}"""


@pytest.fixture
def seat(chromium, live_server):
    seat = Seat(chromium.new_context(), live_server.url, grey_study()).sign_in()
    yield seat
    seat.context.close()
    assert seat.complaints == []


def test_r_f_and_u_answer_and_the_next_image_is_there_at_once(seat):
    seat.enter().shows(1)
    for position, key in enumerate("rfu", start=1):
        seat.press(key)
        seat.shows(position + 1)

    expect(seat.page.locator("#progress")).to_have_text("3 of 4 read")
    seat.stored("real", "fake", "unsure", None)


def test_the_next_image_comes_without_asking_the_network(seat, note):
    seat.enter().shows(1)
    seat.page.wait_for_load_state("networkidle")
    asked = []
    seat.page.on("request", lambda request: request.method == "GET" and asked.append(request.url))
    seat.press("r", "f", "u")
    seat.shows(4)
    marks = seat.page.evaluate("performance.getEntriesByType('mark').map(m => [m.name, m.detail, m.startTime])")
    answered = {index: at for name, index, at in marks if name == "answered"}
    waits = [at - answered[index - 1] for name, index, at in marks if name == "picture-shown" and index - 1 in answered]

    note(f"From key press to the next image drawn: {max(waits):.1f} ms at most of {len(waits)}.")
    assert asked == []


def test_an_image_whose_connection_died_without_a_word_is_asked_for_anew(seat):
    # A minute's patience would be a minute's test.
    seat.page.add_init_script(
        "const real = window.setTimeout; window.setTimeout = (act, pause) => real(act, pause >= 20000 ? 400 : pause)"
    )
    left_hanging = []

    def hang_once(route):
        route.continue_() if left_hanging else left_hanging.append(route)

    seat.context.route(re.compile("/images/1$"), hang_once)
    seat.enter().shows(1)

    assert len(left_hanging) == 1
    seat.context.unroute_all(behavior="ignoreErrors")


def test_a_click_answers_and_keys_go_on_working_after_it(seat):
    seat.enter().shows(1)
    seat.page.wait_for_timeout(200)
    seat.page.get_by_role("button", name="Fake").click()
    seat.shows(2)
    seat.press("u")
    seat.shows(3)

    seat.stored("fake", "unsure", None, None)


def test_two_presses_twenty_milliseconds_apart_file_one_verdict(seat):
    seat.enter().shows(1)
    seat.page.wait_for_timeout(200)
    seat.page.evaluate(TWO_PRESSES)
    seat.shows(2)

    seat.stored("real", None, None, None)
    assert Reading.objects.count() == 1


def test_a_double_click_files_one_verdict(seat):
    seat.enter().shows(1)
    seat.page.wait_for_timeout(200)
    seat.page.get_by_role("button", name="Real").dblclick(delay=200)
    seat.shows(2)

    seat.stored("real", None, None, None)


def test_a_key_that_is_held_down_files_one_verdict(seat):
    seat.enter().shows(1)
    seat.page.wait_for_timeout(200)
    for _ in range(8):  # Playwright marks every press after the first as a repeat
        seat.page.keyboard.down("r")
        seat.page.wait_for_timeout(60)
    seat.page.keyboard.up("r")

    seat.stored("real", None, None, None)


@pytest.mark.parametrize("shortcut", ["Control+r", "Alt+f", "Meta+u"])
def test_a_shortcut_of_the_browser_is_no_answer(seat, shortcut):
    seat.enter().shows(1)
    seat.press(shortcut)
    seat.page.wait_for_timeout(300)

    assert not Reading.objects.exists()


def test_the_place_of_a_key_answers_on_a_keyboard_without_latin_letters(seat):
    seat.enter().shows(1)
    seat.page.wait_for_timeout(200)
    seat.page.locator("body").dispatch_event("keydown", {"key": "к", "code": "KeyR", "bubbles": True})
    seat.shows(2)

    seat.stored("real", None, None, None)


def test_back_revises_by_adding_and_answering_leads_on(seat):
    seat.enter().shows(1)
    seat.press("r", "r")
    seat.shows(3)
    seat.press("ArrowLeft")
    seat.shows(2)
    expect(seat.page.get_by_role("button", name="Real")).to_have_attribute("aria-pressed", "true")
    seat.press("f")
    seat.shows(3)

    seat.stored("real", "fake", None, None)
    assert Reading.objects.count() == 3


def test_an_image_that_was_passed_over_comes_again_before_the_end(seat):
    seat.enter().shows(1)
    seat.press("ArrowRight", "r", "r", "r")
    seat.shows(1)
    seat.press("u")
    seat.is_thanked()

    seat.stored("unsure", "real", "real", "real")


def test_a_reader_resumes_on_another_computer_where_they_left_off(seat, chromium, live_server):
    seat.enter().shows(1)
    seat.press("r", "f")
    seat.stored("real", "fake", None, None)
    other = Seat(chromium.new_context(), live_server.url, seat.assignment).sign_in()
    other.enter().shows(3)

    expect(other.page.locator("#progress")).to_have_text("2 of 4 read")
    other.context.close()


def test_a_revision_on_a_computer_whose_clock_is_late_still_counts(seat, chromium, live_server):
    seat.enter().shows(1)
    seat.press("r")
    seat.stored("real", None, None, None)
    Reading.objects.update(sequence=Reading.objects.get().sequence + 3_600_000)
    other = Seat(chromium.new_context(), live_server.url, seat.assignment).sign_in()
    other.enter().shows(2)
    other.press("ArrowLeft", "f")

    other.stored("fake", None, None, None)
    other.context.close()


def test_the_last_answer_leads_to_the_thanks_page_and_one_may_look_through(seat):
    seat.enter().shows(1)
    seat.press("r", "f", "u", "r")
    seat.is_thanked()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Thank you, all read")
    seat.page.get_by_role("link", name="Look through my answers").click()
    seat.shows(1)
    seat.press("f")
    seat.shows(2)
    for position in (3, 4):
        seat.press("ArrowRight")
        seat.shows(position)
    seat.press("f")
    seat.is_thanked()

    seat.stored("fake", "fake", "unsure", "fake")


def test_a_key_pressed_while_a_dialog_is_open_does_nothing(seat):
    seat.enter(begin=False).shows(1)
    seat.press("r", "ArrowRight")
    seat.page.get_by_role("button", name="Begin").click()
    seat.press("?")
    expect(seat.page.locator("#keys")).to_be_visible()
    seat.press("f", "ArrowRight")
    seat.page.keyboard.press("Escape")
    seat.shows(1)
    seat.page.wait_for_timeout(300)

    assert not Reading.objects.exists()


def test_the_time_a_dialog_is_open_is_no_looking_time(seat):
    began = time.monotonic()
    seat.enter().shows(1)
    seat.press("?")
    seat.page.wait_for_timeout(3000)
    seat.page.keyboard.press("Escape")
    seat.press("r")
    in_the_room = time.monotonic() - began
    seat.stored("real", None, None, None)

    assert 0.2 < Reading.objects.get().seconds_open < in_the_room - 2.9


def test_without_unsure_in_the_protocol_its_key_does_nothing(chromium, live_server):
    seat = Seat(chromium.new_context(), live_server.url, grey_study(2, allow_unsure=False)).sign_in()
    seat.enter().shows(1)
    seat.press("u", "f")
    seat.shows(2)

    seat.stored("fake", None)
    seat.context.close()


def test_every_module_of_the_room_carries_its_contents_hash(seat):
    """Browsers may keep static files for good; an outbox kept from an older version would send answers the old way."""
    asked = []
    seat.page.on("request", lambda request: request.resource_type == "script" and asked.append(request.url))
    seat.enter().shows(1)

    assert any("/outbox." in address for address in asked)
    assert [address for address in asked if not re.search(r"\.[0-9a-f]{12}\.js$", address)] == []


def test_over_plain_http_from_another_machine_the_room_says_what_it_needs(seat):
    page = seat.context.request.get(seat.url("room")).text()
    elsewhere = "http://reading.example"

    def serve(route):
        path = route.request.url.removeprefix(elsewhere)
        if path == "/":
            route.fulfill(body=page, content_type="text/html")
            return
        found = seat.context.request.get(seat.site + path)
        route.fulfill(status=found.status, body=found.body(), content_type=found.headers["content-type"])

    seat.page.route(f"{elsewhere}/**", serve)
    # Until nothing is on its way any more: what arrives after the test finds its browser gone.
    seat.page.goto(f"{elsewhere}/", wait_until="networkidle")

    seat.says("The reading room opens over https only.")
