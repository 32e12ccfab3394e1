"""Every design is answered by its own keys and clicks, and what else the protocol asks for comes fluently with it."""

import pytest
from playwright.sync_api import expect

from reader.models import Reading
from tests.browser.seat import GREY_BETWEEN_PLACES, Seat, grey_of, grey_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sit(chromium, live_server):
    """Sits a reader down at a study, begun."""
    seats = []

    def sit_at(images=3, **study):
        assignment = grey_study(images, **study)
        seats.append(Seat(chromium.new_context(), live_server.url, assignment).sign_in())
        seats[-1].enter().shows(1)
        return seats[-1]

    yield sit_at
    for seat in seats:
        seat.context.close()
        assert seat.complaints == []


def answers(seat):
    return [button.inner_text().split("\n")[0].strip() for button in seat.page.locator("button[data-answer]").all()]


def hint(seat):
    return seat.page.locator("#hint")


def test_the_buttons_stand_in_this_reader_s_own_order(chromium, live_server):
    assignment = grey_study(2)
    assignment.answer_order = ["unsure", "fake", "real"]
    assignment.save()
    seat = Seat(chromium.new_context(), live_server.url, assignment).sign_in()
    seat.enter().shows(1)

    assert [answer.split()[0] for answer in answers(seat)] == ["Unsure", "Fake", "Real"]
    seat.press("f")
    seat.stored("fake", None)
    seat.context.close()


def test_a_pair_stands_side_by_side_and_is_answered_by_place(sit):
    seat = sit(design="pair")
    assert [seat.grey_at(x) for x in (0.25, 0.75)] == [grey_of(1), grey_of(1) + GREY_BETWEEN_PLACES]

    seat.press("2")
    seat.shows(2)
    seat.page.wait_for_timeout(200)
    seat.page.get_by_role("button", name="Image 1").click()
    seat.shows(3)
    seat.press("u")
    seat.is_thanked()

    assert list(Reading.objects.order_by("sequence").values_list("choice", "verdict")) == [
        (2, ""), (1, ""), (None, "unsure"),
    ]  # fmt: skip


def test_a_tuple_numbers_its_images_and_takes_no_place_that_is_not_there(sit):
    seat = sit(design="tuple", tuple_size=3, allow_unsure=False)
    assert seat.page.locator("#places span").all_inner_texts() == ["1", "2", "3"]

    seat.press("4", "u", "3")
    seat.shows(2)

    seat.stored("3", None, None)


def test_a_rating_is_one_digit_and_its_ends_are_named(sit):
    seat = sit(design="rating", scale_points=10, scale_low="surely fake", scale_high="surely real")
    assert seat.page.locator(".choices").inner_text().split("\n")[0] == "surely fake"
    expect(seat.page.get_by_role("button", name="10")).to_have_accessible_description("surely real")

    seat.press("7")
    seat.shows(2)
    seat.press("0")
    seat.shows(3)

    seat.stored("7", "10", None)


def test_verdict_then_digit_files_both_and_the_verdict_may_change_in_between(sit):
    seat = sit(confidence="keys")
    seat.press("r")
    expect(hint(seat)).to_contain_text("Real. How sure are you?")
    seat.press("f", "4")
    seat.shows(2)

    seat.stored("fake", None, None)
    assert Reading.objects.get().confidence == 4


def test_escape_takes_a_chosen_answer_back(sit):
    seat = sit(confidence="keys")
    seat.press("r", "Escape", "Enter")
    expect(hint(seat)).to_be_empty()
    expect(seat.page.get_by_role("button", name="Real")).to_have_attribute("aria-pressed", "false")

    assert not Reading.objects.exists()


def test_confidence_by_click_files_too(sit):
    seat = sit(confidence="keys")
    seat.page.wait_for_timeout(200)
    seat.page.get_by_role("button", name="Unsure").click()
    seat.page.get_by_role("group", name="How sure are you?").get_by_role("button", name="2").click()
    seat.shows(2)

    seat.stored("unsure", None, None)
    assert Reading.objects.get().confidence == 2


def test_in_a_pair_the_first_digit_is_the_place_and_the_second_how_sure(sit):
    seat = sit(design="pair", confidence="keys")
    seat.press("2", "1")
    seat.shows(2)

    seat.stored("2", None, None)
    assert Reading.objects.get().confidence == 1


def test_with_a_slider_the_verdict_leads_to_it_arrows_set_it_and_enter_files(sit):
    seat = sit(confidence="slider")
    seat.press("f", "ArrowRight", "ArrowRight", "Enter")
    seat.shows(2)
    seat.press("r", "Enter")
    seat.shows(3)

    seat.stored("fake", "real", None)
    assert Reading.objects.order_by("sequence").first().confidence == 52


def test_going_back_shows_how_sure_one_was_and_asks_anew(sit):
    seat = sit(confidence="keys")
    seat.press("r", "5")
    seat.shows(2)
    seat.press("ArrowLeft")
    seat.shows(1)
    expect(seat.page.get_by_role("button", name="5", exact=True)).to_have_attribute("aria-pressed", "true")
    seat.press("f")
    expect(hint(seat)).to_contain_text("Fake. Enter files it")
    seat.press("Enter")
    seat.shows(2)

    seat.stored("fake", None, None)
    assert list(Reading.objects.order_by("sequence").values_list("confidence", flat=True)) == [5, 5]


def test_no_key_of_the_room_is_heard_while_a_comment_is_written(sit):
    seat = sit(allow_comment=True)
    seat.press("c")
    seat.page.keyboard.type("furry ribs, for sure? i1")
    seat.page.keyboard.press("Escape")
    seat.shows(1)
    seat.press("f")
    seat.shows(2)

    seat.stored("fake", None, None)
    assert Reading.objects.get().comment == "furry ribs, for sure? i1"
    expect(seat.page.get_by_role("textbox", name="Comment")).to_have_value("")


def test_a_mark_goes_with_the_answer_and_not_to_the_next_image(sit):
    seat = sit(marking="point", mark_reasons=["ribs"])
    seat.press("k")
    box = seat.page.locator("#stage").bounding_box()
    seat.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(seat.page.get_by_role("button", name="Remove mark 1")).to_be_visible()
    seat.press("f")
    seat.shows(2)
    expect(seat.page.get_by_role("button", name="Remove mark 1")).to_have_count(0)

    seat.stored("fake", None, None)
    [mark] = Reading.objects.get().marks
    assert (mark["place"], round(mark["x"], 1), round(mark["y"], 1)) == (1, 0.5, 0.5)


def test_how_it_was_looked_at_goes_with_the_answer(sit):
    seat = sit()
    seat.press("i", "+", "r")
    seat.stored("real", None, None)

    viewing = Reading.objects.get().viewing
    assert (viewing["inverted"], viewing["zooms"], viewing["focus_losses"]) == (1, 1, 0)
    assert viewing["zoom_max"] == 1.25


@pytest.mark.parametrize(("revising", "may_go_back"), [("any", [2, 1]), ("last", [2, 2]), ("never", [3, 3])])
def test_back_leads_as_far_as_the_protocol_allows(sit, revising, may_go_back):
    seat = sit(images=4, revising=revising)
    seat.press("r", "r")
    seat.shows(3)
    for position in may_go_back:
        seat.press("ArrowLeft")
        seat.page.wait_for_timeout(200)
        seat.shows(position)

    assert seat.page.get_by_role("button", name="Back").is_visible() == (revising != "never")


def test_where_only_the_last_answer_may_change_it_does_and_reading_goes_on(sit):
    seat = sit(images=4, revising="last")
    seat.press("r", "r", "ArrowLeft", "f")
    seat.shows(3)
    seat.press("ArrowRight")  # nothing unread is passed over
    seat.shows(3)

    seat.stored("real", "fake", None, None)
