"""Practice before the study, with or without being told what was right; and a preview, of which nothing stays."""

import pytest
from playwright.sync_api import expect

from reader.models import Pool, Reading, Sitting, Study
from tests.browser.seat import Seat, grey_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sit(chromium, live_server):
    """Sits a reader down at the practice of a study, begun."""
    seats = []

    def sit_at(feedback="", **study):
        assignment = grey_study(2, practice=2, practice_feedback=bool(feedback), **study)
        assignment.study.trials.filter(practice=True).update(feedback=feedback)
        seats.append(Seat(chromium.new_context(), live_server.url, assignment).sign_in())
        seats[-1].enter("practice").shows(1)
        return seats[-1]

    yield sit_at
    for seat in seats:
        seat.context.close()
        assert seat.complaints == []


def test_practice_says_what_was_right_and_goes_on_at_a_key(sit):
    seat = sit(feedback="fake")
    expect(seat.page.get_by_text("Practice: these answers do not count.")).to_be_visible()
    seat.press("r")
    hint = seat.page.locator("#hint")
    expect(hint).to_have_text("Not right. This image is fake.")
    seat.shows(1)
    seat.press("Enter")
    seat.shows(2)
    seat.press("f")
    expect(hint).to_have_text("Right. This image is fake.")
    seat.page.get_by_role("button", name="Go on").click()

    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Practice is done")
    seat.stored(None, None)
    assert Reading.objects.count() == 2


def test_among_several_images_the_right_one_is_told_by_its_place_on_screen(sit):
    seat = sit(feedback="2", design="pair")  # the second case, which stands first on this screen
    seat.press("1")

    expect(seat.page.locator("#hint")).to_have_text("Right. Image 1 is the real one.")


def test_without_feedback_practice_runs_like_the_study(sit):
    seat = sit()
    seat.press("r")
    seat.shows(2)
    expect(seat.page.locator("#progress")).to_have_text("Practice: 1 of 2 read")


def test_while_the_site_cannot_be_reached_practice_says_that_it_waits(sit):
    seat = sit(feedback="fake")
    seat.page.wait_for_load_state("networkidle")
    seat.context.set_offline(True)
    seat.press("f")
    hint = seat.page.locator("#hint")
    expect(hint).to_contain_text("what was right is told when it has arrived")
    seat.context.set_offline(False)

    expect(hint).to_have_text("Right. This image is fake.")
    seat.complaints.clear()  # the browser's own word about the lost connection


def test_a_preview_says_so_takes_answers_and_keeps_nothing(chromium, live_server):
    assignment = grey_study(2, confidence="keys", exposure_ms=60_000)
    seat = Seat(chromium.new_context(), live_server.url, assignment)
    seat.assignment.reader = assignment.study.created_by
    seat.sign_in()
    asked = []
    seat.page.on("request", lambda request: request.method == "POST" and asked.append(request.url))
    seat.page.goto(f"{live_server.url}/studies/{assignment.study.token}/preview/")
    seat.page.get_by_role("button", name="Begin").click()
    expect(seat.page.get_by_text("Preview: nothing is recorded.")).to_be_visible()
    seat.press("r", "4")
    expect(seat.page.locator("#progress")).to_have_text("1 of 2 read")
    seat.press("f", "4")
    expect(seat.page).to_have_url(f"{live_server.url}/studies/{assignment.study.token}/")

    assert asked == []
    assert seat.page.evaluate("Object.keys(localStorage).length") == 0
    assert (Reading.objects.count(), Sitting.objects.count()) == (0, 0)
    assert Study.objects.get().state == Study.State.OPEN
    seat.context.close()


def test_a_preview_of_practice_tells_what_was_right_as_practice_does(chromium, live_server):
    assignment = grey_study(2, practice=2, practice_feedback=True)
    Pool.objects.update(origin="synthetic")
    seat = Seat(chromium.new_context(), live_server.url, assignment)
    seat.assignment.reader = assignment.study.created_by
    seat.sign_in()
    seat.page.goto(f"{live_server.url}/studies/{assignment.study.token}/preview/?practice")
    seat.page.get_by_role("button", name="Begin").click()
    seat.press("r")
    expect(seat.page.locator("#hint")).to_have_text("Not right. This image is fake.")
    seat.press("Enter", "f")
    expect(seat.page.locator("#hint")).to_have_text("Right. This image is fake.")

    assert not Reading.objects.exists()
    seat.context.close()
