"""Whatever goes wrong under way, no answer is lost, none is filed twice, and the reader is told what happens."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from reader.models import Presentation, Reading, Study
from tests.browser.seat import BLANK, GREY_OF_CANVAS, Seat, grey_study
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IMAGES, READINGS = re.compile(r"/images/1$"), re.compile(r"/reading$")


@pytest.fixture
def seat(chromium, live_server):
    seat = Seat(chromium.new_context(), live_server.url, grey_study()).sign_in()
    yield seat
    seat.context.close()
    # The browser itself reports what could not be fetched; anything else would be ours.
    assert [line for line in seat.complaints if not line.startswith("Failed to load resource")] == []


def first_image(seat):
    """The file behind the first slot."""
    trial = seat.assignment.slots.in_reading_order().first().trial
    return Path(Presentation.objects.get(case__trial=trial).file.path)


def read_on(seat, *positions):
    """Call each of these images real, once it is seen."""
    for position in positions:
        seat.shows(position)
        seat.press("r")


def test_answers_given_without_a_network_are_all_stored_once_when_it_is_back(seat):
    seat.prefetched().context.set_offline(True)
    seat.press("r", "f", "u")
    seat.shows(4)
    expect(seat.page.locator("#saving .words")).to_have_text(
        "3 waiting to be saved: kept here, sent when the site is back"
    )
    assert not Reading.objects.exists()
    seat.context.set_offline(False)

    seat.stored("real", "fake", "unsure", None)
    expect(seat.page.locator("#saving .words")).to_be_empty()
    assert Reading.objects.count() == 3


def test_a_study_finished_without_a_network_ends_when_all_is_saved(seat):
    seat.prefetched().context.set_offline(True)
    seat.press("r", "f", "u", "r")
    expect(seat.page.locator("#progress")).to_have_text("All 4 read")
    seat.press("ArrowLeft", "f")  # second thoughts about the last one
    seat.context.set_offline(False)
    seat.is_thanked()

    seat.stored("real", "fake", "unsure", "fake")
    assert Reading.objects.count() == 5


def test_a_page_closed_without_a_network_sends_its_answers_when_it_is_opened_again(seat):
    seat.prefetched().context.set_offline(True)
    seat.press("r", "f")
    seat.shows(3)
    seat.page.close()
    seat.context.set_offline(False)
    later = Seat(seat.context, seat.site, seat.assignment)
    later.enter().shows(3)

    later.stored("real", "fake", None, None)


def test_what_still_waits_is_shown_again_with_its_comment_and_confidence(seat):
    Study.objects.update(allow_comment=True, confidence="keys")
    seat.prefetched().page.route(READINGS, lambda route: route.abort())
    seat.press("c")
    seat.page.keyboard.type("furry ribs")
    seat.press("Escape", "r", "2")
    seat.shows(2)
    seat.enter().shows(2)
    seat.press("ArrowLeft")
    seat.shows(1)

    expect(seat.page.get_by_role("textbox", name="Comment")).to_have_value("furry ribs")
    expect(seat.page.get_by_role("button", name="2", exact=True)).to_have_attribute("aria-pressed", "true")


def test_server_errors_and_lost_acknowledgements_are_retried_and_filed_once(seat):
    fates = ["refuse", "break", "lose", "lose", "pass"]

    def interfere(route):
        fate = fates.pop(0) if fates else "pass"
        if fate == "refuse":
            route.abort()
        elif fate == "break":
            route.fulfill(status=500, body="<h1>Something broke</h1>", content_type="text/html")
        elif fate == "lose":  # stored, but the answer never arrives
            route.fetch()
            route.abort()
        else:
            route.continue_()

    seat.context.route(READINGS, interfere)
    seat.prefetched().press("r", "f")

    seat.stored("real", "fake", None, None)
    seat.eventually(lambda: fates == [] and seat.page.locator("#saving .words").inner_text() == "")
    assert Reading.objects.count() == 2


def test_two_tabs_file_every_answer_under_its_own_slot(seat):
    seat.prefetched()
    other = Seat(seat.context, seat.site, seat.assignment)
    other.enter().shows(1)
    other.page.wait_for_load_state("networkidle")
    seat.context.set_offline(True)
    seat.press("r")
    other.press("f", "u")
    seat.press("f")
    seat.context.set_offline(False)

    seat.eventually(lambda: Reading.objects.count() == 4)
    said = [(reading.slot.position, reading.verdict) for reading in Reading.objects.order_by("sequence")]
    assert said == [(1, "real"), (1, "fake"), (2, "unsure"), (2, "fake")]


def test_answers_of_somebody_who_was_signed_out_wait_for_them(seat):
    seat.prefetched()
    seat.context.clear_cookies()
    seat.press("r", "f")
    seat.shows(3)
    expect(seat.page.locator("#saving .words")).to_contain_text("sent when you sign in again")
    assert not Reading.objects.exists()
    seat.page.get_by_role("link", name="Sign in").click()
    seat.page.get_by_label("name").fill(seat.assignment.reader.username)
    seat.page.get_by_label("Password").fill(PASSWORD)
    seat.page.get_by_role("button", name="Sign in").click()
    seat.shows(3)

    seat.stored("real", "fake", None, None)


def test_somebody_else_signing_in_on_the_same_computer_neither_sends_nor_loses_them(seat):
    seat.prefetched()
    first_session = seat.context.cookies()
    seat.context.clear_cookies()
    seat.press("r")
    expect(seat.page.locator("#saving .words")).to_contain_text("sent when you sign in again")
    stranger = Seat(seat.context, seat.site, seat.assignment)
    stranger.assignment.reader, reader = UserFactory(), stranger.assignment.reader
    stranger.sign_in()
    stranger.page.goto(seat.site)
    seat.press("f")
    seat.page.wait_for_timeout(1500)
    assert not Reading.objects.exists()
    seat.context.clear_cookies()
    seat.context.add_cookies(first_session)
    seat.assignment.reader = reader
    seat.enter().shows(3)

    seat.stored("real", "fake", None, None)


def test_a_study_that_closes_under_way_says_so_keeps_the_answer_and_does_not_count_it(seat):
    seat.prefetched().press("r")
    seat.stored("real", None, None, None)
    Study.objects.update(state=Study.State.CLOSED)
    seat.press("f")
    seat.says("The study had closed when this answer arrived. It is kept and reported, but not counted.")
    seat.press("u")
    expect(seat.page.get_by_role("button", name="Unsure")).to_be_disabled()

    assert [(r.verdict, r.counted) for r in Reading.objects.order_by("sequence")] == [("real", True), ("fake", False)]
    seat.stored("real", None, None, None)


@pytest.mark.parametrize("page", ["room", "thanks", "home"])
def test_answers_left_on_a_computer_are_sent_from_any_page_a_reader_comes_back_to(seat, page):
    seat.prefetched().context.set_offline(True)
    seat.press("r", "f")
    seat.shows(3)
    Study.objects.update(state=Study.State.CLOSED)
    seat.page.close()
    seat.context.set_offline(False)
    later = Seat(seat.context, seat.site, seat.assignment)
    later.page.goto(seat.site if page == "home" else seat.url(page))

    expect(later.page.get_by_role("status").filter(has_text="Of your answers, 2 had waited")).to_be_visible()
    assert [(r.verdict, r.counted) for r in Reading.objects.order_by("sequence")] == [("real", False), ("fake", False)]


def test_an_image_that_cannot_be_reached_says_so_and_comes_by_itself(seat):
    seat.context.route(IMAGES, lambda route: route.abort())
    seat.enter()
    seat.says("The next image is on its way")
    assert seat.page.evaluate(GREY_OF_CANVAS) == BLANK
    seat.press("r")
    seat.context.unroute(IMAGES)
    seat.shows(1)

    expect(seat.page.locator("#notices")).to_be_empty()
    assert not Reading.objects.exists()


def test_a_broken_image_that_the_browser_kept_is_fetched_anew(seat):
    path = first_image(seat)
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    seat.enter()
    seat.says("The next image is on its way")
    path.write_bytes(whole)

    seat.shows(1)


def test_an_image_of_a_study_that_closed_is_not_asked_for_without_end(seat):
    second = seat.assignment.slots.in_reading_order()[1]
    seat.context.route(re.compile(f"{second.token}/images/1"), lambda route: route.fulfill(status=404, body="gone"))
    seat.enter().shows(1)
    seat.press("r")
    seat.says("the study may have closed")
    assert seat.page.evaluate(GREY_OF_CANVAS) == BLANK
    asked = []
    seat.page.on("request", lambda request: asked.append(request.url))
    seat.page.wait_for_timeout(2500)
    assert [url for url in asked if url.endswith("/images/1")] == []
    Study.objects.update(state=Study.State.CLOSED)
    seat.page.get_by_role("link", name="Reload").click()

    expect(seat.page.get_by_text("This study has closed")).to_be_visible()


def test_an_image_whose_file_is_gone_keeps_nobody_from_the_others_and_may_come_back(seat):
    path = first_image(seat)
    kept = path.rename(path.with_suffix(".kept"))
    seat.enter()
    seat.says("not to be had any more")
    seat.press("ArrowRight")
    seat.shows(2)
    read_on(seat, 2, 3, 4)
    seat.says("not to be had any more")
    seat.stored(None, "real", "real", "real")
    kept.rename(path)
    seat.press("ArrowRight")
    seat.shows(2)
    seat.press("ArrowLeft")

    seat.shows(1)


def test_a_refused_answer_gives_its_image_back(seat):
    seat.prefetched()
    Study.objects.update(allow_unsure=False)
    seat.press("u")
    seat.says("This study takes real, fake; choose one of them.")
    seat.shows(2)
    read_on(seat, 2, 3, 4)
    seat.shows(1)

    seat.stored(None, "real", "real", "real")


def test_an_answer_left_on_a_computer_that_is_refused_says_so_on_the_page_that_sent_it(seat):
    seat.prefetched().context.set_offline(True)
    Study.objects.update(allow_unsure=False)
    seat.press("u")
    seat.shows(2)
    seat.page.close()
    seat.context.set_offline(False)
    later = Seat(seat.context, seat.site, seat.assignment)
    later.page.goto(seat.site)

    said = later.page.get_by_role("status").filter(has_text="could not be taken")
    expect(said).to_contain_text("This study takes real, fake; choose one of them.")
    assert not Reading.objects.exists()


def test_answers_are_kept_in_memory_where_the_browsers_storage_is_full(seat):
    seat.page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }")
    seat.prefetched().context.set_offline(True)
    seat.press("r", "f")
    expect(seat.page.locator("#saving")).to_contain_text("2 waiting to be saved")
    seat.context.set_offline(False)

    seat.stored("real", "fake", None, None)
