"""Between two sessions: the date in the reader's own zone, and the pages that tell it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from reader.models import Reading
from tests.browser.seat import Seat, grey_study
from tests.browser.test_way_in import SIZES, looks_well, pictures  # noqa: F401 - a fixture
from tests.factories import ReadingFactory, SlotFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting():
    """The first of two sessions was complete a minute ago."""
    assignment = grey_study(images=3, sessions=2, washout_days=14, title="Lungs, real or drawn")
    for slot in list(assignment.slots.all()):
        ReadingFactory(slot=slot, seconds_open=6.5)
        SlotFactory(assignment=assignment, session=2, position=slot.position, case=slot.trial.cases.get())
    return assignment


def seat_at(chromium, live_server, assignment, **look):
    return Seat(chromium.new_context(**look), live_server.url, assignment).sign_in()


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Tokyo", "1 January 2100, 00:31 (your time zone, GMT+9)"),
        ("America/New_York", "31 December 2099, 10:31 (your time zone, GMT-5)"),
        ("Europe/Berlin", "31 December 2099, 16:31 (your time zone, CET)"),
    ],
)
def test_the_date_is_told_in_the_readers_own_zone(chromium, live_server, waiting, zone, told):
    Reading.objects.update(received_at=datetime(2099, 12, 17, 15, 30, 20, tzinfo=UTC))
    seat = seat_at(chromium, live_server, waiting, timezone_id=zone)
    seat.page.goto(seat.url("wait"))

    expect(seat.page.get_by_role("time")).to_have_text(told)
    seat.context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_around_sessions_are_accessible_and_fit(chromium, live_server, waiting, pictures, scheme, size):  # noqa: F811
    width, height = SIZES[size]
    seat = seat_at(chromium, live_server, waiting, viewport={"width": width, "height": height}, color_scheme=scheme)
    for name in ("wait", "thanks", "home"):
        seat.page.goto(live_server.url if name == "home" else seat.url(name))
        looks_well(seat.page, f"{name}-{size}-{scheme}", pictures)

    assert seat.complaints == []
    seat.context.close()


def test_a_session_that_is_due_is_begun_from_the_start_page(chromium, live_server, waiting):
    Reading.objects.update(received_at=datetime.now(UTC) - timedelta(days=14))
    seat = seat_at(chromium, live_server, waiting)
    seat.page.goto(live_server.url)
    seat.page.get_by_role("link", name="Start session 2").click()
    seat.page.get_by_role("button", name="Begin").click()

    waiting.refresh_from_db()
    assert waiting.session == 2
    assert seat.complaints == []
    seat.context.close()
