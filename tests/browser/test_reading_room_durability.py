"""Hours offline, hotel networks, two tabs, two computers, wrong clocks: no answer lost, doubled or out of order."""

import re

import pytest
from playwright.sync_api import expect

from reader.models import Reading, Slot, Study
from tests.browser.seat import Seat, grey_study
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
READINGS = re.compile(r"/reading$")
WAITING = "#saving .words"
HOUR = 3_600_000  # milliseconds
# What stands between a reader and the site, and what it replies in the site's place.
STRANGERS = {
    "a hotel's page": {
        "status": 200,
        "body": "<h1>Welcome. Please accept our terms.</h1>",
        "content_type": "text/html",
    },
    "a hotel's redirect": {"status": 302, "headers": {"Location": "http://login.hotel.example/"}},
    "a proxy without a server": {"status": 502, "body": "<h1>Bad gateway</h1>", "content_type": "text/html"},
    "a proxy that gave up": {"status": 504, "body": "upstream timed out"},
    "a firewall": {"status": 403, "body": "<h1>Blocked</h1>", "content_type": "text/html"},
    "a broken server": {"status": 500, "body": "<h1>Something broke</h1>", "content_type": "text/html"},
    "somebody else's JSON": {"status": 200, "body": '{"saved": true, "client_key": "another"}'},
    "no JSON at all": {"status": 200, "body": "null", "content_type": "application/json"},
}
CLOCK_OFF = "const now = Date.now; Date.now = () => now() + (%d);"
ANSWER_AND_LEAVE = """() => {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "r", bubbles: true }));
  location.assign("about:blank");
}"""
SEND_AT_ONCE = """async ([url, said]) => {
  const { src } = document.querySelector("script[src*='room/main']");
  const { Outbox } = await import(src.replace(/main\\.[^/]*$/, "outbox.js"));
  const { assignment, csrfToken, now } = document.body.dataset;
  new Outbox({ assignment, csrfToken, now: Number(now), onChange: () => {} }).add(url, said);
}"""


@pytest.fixture
def seats(chromium, live_server):
    """Readers' computers, each a context of its own, for one assignment."""
    assignment = grey_study(confidence="none", allow_comment=True, marking="both", mark_reasons=["肋骨" * 40])
    contexts, seats = [], []

    def sit(context=None):
        if context is None:
            contexts.append(chromium.new_context())
        seats.append(Seat(context or contexts[-1], live_server.url, assignment).sign_in())
        return seats[-1]

    yield sit
    for context in contexts:
        context.close()
    said = [line for seat in seats for line in seat.complaints if not line.startswith("Failed to load resource")]
    assert [line for line in said if "login.hotel.example" not in line] == []


def has_saved_all(seat):
    expect(seat.page.locator(WAITING)).to_be_empty()


@pytest.mark.parametrize("stranger", STRANGERS)
def test_only_the_sites_own_word_ends_an_answers_waiting(seats, stranger):
    seat = seats().prefetched()
    seat.context.route(re.compile(r"/reading$|/read/[^/]+/$"), lambda route: route.fulfill(**STRANGERS[stranger]))
    seat.press("r", "f")
    expect(seat.page.locator(WAITING)).to_have_text("2 waiting to be saved: kept here, sent when the site is back")
    seat.context.unroute_all()

    seat.stored("real", "fake", None, None)
    has_saved_all(seat)
    assert Reading.objects.count() == 2


def test_five_minutes_without_a_site_cost_an_answer_nothing_but_time(seats):
    seat = seats()
    seat.page.clock.install()
    seat.prefetched()
    tries = []
    seat.context.route(READINGS, lambda route: (tries.append(1), route.abort()))
    seat.press("r", "f", "u")
    for _ in range(20):
        seat.page.clock.fast_forward(15_000)
        seat.page.wait_for_timeout(60)
    expect(seat.page.locator(WAITING)).to_have_text("3 waiting to be saved: kept here, sent when the site is back")
    assert not Reading.objects.exists()
    assert 5 < len(tries) < 60, "it keeps asking, and not all the time"
    seat.context.unroute_all()
    seat.page.clock.fast_forward(15_000)

    seat.stored("real", "fake", "unsure", None)
    has_saved_all(seat)
    assert Reading.objects.count() == 3


def test_a_page_reloaded_while_an_answer_is_under_way_stores_it_once(seats):
    seat = seats().prefetched()
    held = []
    seat.context.route(READINGS, lambda route: held.append(route))
    seat.press("r")
    seat.eventually(lambda: len(held) == 1)
    seat.context.unroute(READINGS)
    seat.page.reload()
    seat.shows(2)

    seat.stored("real", None, None, None)
    assert Reading.objects.count() == 1


def test_a_waiting_answer_is_shown_again_with_all_that_was_said_beside_it(seats):
    seat = seats().prefetched()
    seat.context.route(READINGS, lambda route: route.abort())
    seat.press("k", "Enter", "Escape", "r")
    seat.shows(2)
    seat.page.reload()
    seat.shows(2)
    expect(seat.page.locator(".marks-list li")).to_have_count(0)
    seat.press("ArrowLeft")
    seat.shows(1)

    expect(seat.page.locator(".marks-list li")).to_have_count(1)
    expect(seat.page.get_by_role("button", name="Real")).to_have_attribute("aria-pressed", "true")


def test_a_page_closed_in_the_breath_after_the_key_has_kept_the_answer(seats):
    seat = seats().prefetched()
    seat.page.wait_for_timeout(300)
    seat.page.evaluate(ANSWER_AND_LEAVE)
    later = seats(seat.context)
    later.enter().shows(2)

    later.stored("real", None, None, None)
    assert Reading.objects.count() == 1


def test_two_tabs_send_each_others_answers_and_both_hear_of_it(seats):
    seat = seats().prefetched()
    other = seats(seat.context).prefetched()
    posts = []
    seat.context.on("request", lambda request: READINGS.search(request.url) and posts.append(request.url))
    seat.context.set_offline(True)
    seat.press("r")
    other.press("f", "u")
    posts.clear()
    seat.context.set_offline(False)

    seat.eventually(lambda: Reading.objects.count() == 3)
    has_saved_all(seat)
    has_saved_all(other)
    assert seat.page.evaluate("Object.keys(localStorage).filter(key => key.includes('answer'))") == []


def test_signing_in_again_in_another_tab_is_enough(seats):
    seat = seats().prefetched()
    seat.context.clear_cookies()
    seat.press("r")
    expect(seat.page.locator(WAITING)).to_contain_text("sent when you sign in again")
    other = seats(seat.context)
    other.context.clear_cookies()
    other.page.goto(f"{other.site}/sign-in/")
    other.page.get_by_label("name").fill(other.assignment.reader.username)
    other.page.get_by_label("Password").fill(PASSWORD)
    other.page.get_by_role("button", name="Sign in").click()
    expect(other.page.get_by_role("button", name="Sign out")).to_be_visible()
    seat.page.bring_to_front()

    seat.stored("real", None, None, None)
    has_saved_all(seat)
    seat.press("f")
    seat.stored("real", "fake", None, None)


def test_an_answer_that_the_server_chokes_on_holds_up_no_other(seats):
    seat = seats().prefetched()
    first = seat.assignment.slots.in_reading_order().first()
    seat.context.route(re.compile(f"{first.token}/reading"), lambda route: route.fulfill(status=500, body="no"))
    seat.press("r", "f", "u")

    seat.stored(None, "fake", "unsure", None)
    expect(seat.page.locator(WAITING)).to_contain_text("1 waiting to be saved")
    seat.context.unroute_all()
    seat.stored("real", "fake", "unsure", None)


def test_answers_outlive_a_reader_who_clears_the_browsers_storage_under_the_open_page(seats):
    seat = seats().prefetched()
    seat.context.set_offline(True)
    seat.press("r", "f")
    seat.page.evaluate("() => { localStorage.clear(); indexedDB.deleteDatabase('lungstudy'); }")
    seat.press("u")
    seat.context.set_offline(False)

    seat.stored("real", "fake", "unsure", None)
    has_saved_all(seat)


def test_a_full_storage_keeps_answers_in_the_second_copy_beyond_the_page(seats):
    seat = seats()
    seat.page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }")
    seat.prefetched().context.set_offline(True)
    seat.press("r", "f")
    seat.page.wait_for_timeout(300)
    seat.page.close()
    seat.context.set_offline(False)
    later = seats(seat.context)
    later.enter()

    later.eventually(lambda: Reading.objects.count() == 2)
    later.shows(3)


def test_the_longest_comment_with_all_marks_is_sent_though_it_is_too_long_to_outlive_a_page(seats):
    seat = seats().prefetched()
    mark = {"place": 1, "x": 0.1234, "y": 0.2345, "w": 0.3456, "h": 0.4567, "reason": "肋骨" * 40}
    said = {"answer": "fake", "seconds_open": 1, "comment": "肺" * 2000, "marks": [mark] * 50}
    seat.page.evaluate(
        SEND_AT_ONCE,
        [f"/read/slots/{Slot.objects.in_reading_order().first().token}/reading", said],
    )

    seat.stored("fake", None, None, None)
    reading = Reading.objects.get()
    assert (len(reading.comment), len(reading.marks)) == (2000, 50)


def test_the_last_word_counts_though_one_computer_was_offline_for_it_and_its_clock_is_wrong(seats):
    ahead, behind = seats(), seats()
    ahead.page.add_init_script(CLOCK_OFF % HOUR)
    behind.page.add_init_script(CLOCK_OFF % -HOUR)
    behind.prefetched()
    ahead.prefetched().context.set_offline(True)
    ahead.press("r", "r")  # first, offline
    # A person takes a moment from one computer to the other; each knows the site's time as well as its page was fast.
    behind.page.wait_for_timeout(3000)
    behind.press("f")  # then the first image again, on the other computer
    behind.stored("fake", None, None, None)
    ahead.context.set_offline(False)

    ahead.stored("fake", "real", None, None)
    assert Reading.objects.count() == 3


def test_an_answer_that_waited_through_the_closing_is_kept_apart_and_the_reader_sees_why(seats):
    seat = seats().prefetched()
    seat.press("r")
    seat.stored("real", None, None, None)
    seat.context.set_offline(True)
    seat.press("f", "u")
    Study.objects.update(state=Study.State.CLOSED)
    seat.context.set_offline(False)
    seat.says("The study had closed when this answer arrived. It is kept and reported, but not counted.")
    has_saved_all(seat)

    seat.stored("real", None, None, None)
    late = Reading.objects.filter(counted=False).order_by("sequence")
    assert [(reading.answer, reading.why_apart) for reading in late] == [("fake", "closed"), ("unsure", "closed")]
