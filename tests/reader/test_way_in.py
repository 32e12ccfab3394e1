"""The way into a study: one step after the other, each only for its reader, nothing that has to be done twice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lungstudy.audit.models import Event
from reader.actions.way_in import next_step, steps_of
from reader.models import Assignment, Background, Sitting, Study
from tests.factories import (
    AdminFactory,
    AssignmentFactory,
    CaseFactory,
    ReadingFactory,
    ResearcherFactory,
    SlotFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
STEPS = ["consent", "background", "instructions", "monitor", "practice"]
ASKED = {
    "study__consent": "# You may stop\n\nat *any* time.",
    "study__ask_background": True,
    "study__instructions": "Look, then say.",
    "study__monitor_check": True,
}
ABOUT_ME = {"years_reading": "7", "specialty": "Radiology", "subspecialty": "", "display": "3 MP"}
ALL_SEEN = {"dark": "yes", "bright": "yes", "lines": "yes"}
SCREEN = {
    "screen_width": "1920", "screen_height": "1080", "window_width": "1900", "window_height": "900",
    "pixel_ratio": "1.25", "colour_depth": "24",
}  # fmt: skip


@pytest.fixture
def place():
    """A study that asks for everything, with one practice slot and one of its own."""
    assignment = AssignmentFactory(**ASKED)
    SlotFactory(assignment=assignment, session=0, case=CaseFactory(study=assignment.study, trial__practice=True))
    SlotFactory(assignment=assignment)
    return assignment


@pytest.fixture
def reader(client, place):
    client.force_login(place.reader)
    return client


def page(place, step):
    return reverse("reader:before", args=[place.token, step])


def room(place):
    return reverse("reader:room", args=[place.token])


def answer_practice(place):
    ReadingFactory(slot=place.slots.get(session=0))


def go_through(reader, place, until):
    """Take every step before this one."""
    said = {"consent": {"agreed": "on"}, "background": ABOUT_ME, "monitor": {**ALL_SEEN, **SCREEN}}
    for step in STEPS[: STEPS.index(until)]:
        reader.post(page(place, step), said.get(step, {}))


def test_the_room_sends_a_reader_through_every_step_in_turn(reader, place):
    said = {"consent": {"agreed": "on"}, "background": ABOUT_ME, "monitor": {**ALL_SEEN, **SCREEN}}
    for step in STEPS:
        assert reader.get(room(place)).url == page(place, step)
        assert reader.get(page(place, step)).status_code == 200
        reader.post(page(place, step), said.get(step, {}))

    assert reader.get(room(place)).status_code == 200


def test_a_study_that_asks_for_nothing_opens_its_room_at_once(client):
    slot = SlotFactory()
    client.force_login(slot.assignment.reader)

    assert steps_of(slot.assignment) == []
    assert next_step(slot.assignment) == "read"
    assert client.get(room(slot.assignment)).status_code == 200


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_later_step_cannot_be_opened_or_taken_before_those_before_it(reader, place, step):
    assert reader.get(page(place, step)).url == page(place, "consent")
    assert reader.post(page(place, step), {**ABOUT_ME, **ALL_SEEN}).url == page(place, "consent")
    place.refresh_from_db()
    assert place.briefed_at is place.practised_at is None
    assert not Background.objects.exists()
    assert not Sitting.objects.exists()


@pytest.mark.parametrize("step", STEPS)
def test_each_page_says_which_step_it_is_and_leads_back(reader, place, step):
    go_through(reader, place, until=step)
    html = reader.get(page(place, step)).content.decode()
    at = STEPS.index(step)

    assert f"step {at + 1} of 5" in html
    assert f'href="{page(place, STEPS[at - 1]) if at else "/"}">Back' in html
    assert html.count("btn-primary") == 1


@pytest.mark.parametrize("step", [*STEPS, "wait", "thanks", "nowhere"])
@pytest.mark.parametrize("somebody", [UserFactory, ResearcherFactory, AdminFactory])
def test_nobody_else_opens_a_readers_pages(client, place, step, somebody):
    client.force_login(somebody())
    address = reverse(f"reader:{step}", args=[place.token]) if step in ("wait", "thanks") else page(place, step)

    assert client.get(address).status_code == 404
    assert client.post(page(place, step), {"agreed": "on"}).status_code == 404
    place.refresh_from_db()
    assert place.consented_at is None


@pytest.mark.parametrize("step", [*STEPS, "wait", "thanks"])
def test_strangers_are_sent_to_sign_in(client, place, step):
    address = reverse(f"reader:{step}", args=[place.token]) if step in ("wait", "thanks") else page(place, step)

    assert client.get(address).url.startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("state", [Study.State.SEALED, Study.State.CLOSED, Study.State.UNBLINDED])
def test_nothing_is_asked_of_a_reader_unless_the_study_is_open(reader, place, state):
    Study.objects.update(state=state)

    assert reader.post(page(place, "consent"), {"agreed": "on"}).url == room(place)
    place.refresh_from_db()
    assert place.consented_at is None
    assert b"<h1>" in reader.get(room(place)).content


def test_agreeing_is_stored_once_and_logged_with_the_protocols_hash(reader, place):
    reader.post(page(place, "consent"), {"agreed": "on"})
    place.refresh_from_db()
    first = place.consented_at
    reader.post(page(place, "consent"), {"agreed": "on"})
    place.refresh_from_db()
    event = Event.objects.get(verb="agreed to take part")

    assert place.consented_at == first is not None
    assert event.actor == place.reader
    assert event.detail == {"reader_number": place.number, "protocol_sha256": place.study.protocol_sha256}


def test_the_button_without_the_box_stores_nothing_and_says_what_to_do(reader, place):
    html = reader.post(page(place, "consent"), {}).content.decode()

    place.refresh_from_db()
    assert place.consented_at is None
    assert "Tick the box if you agree" in html


def test_refusing_leads_home_kindly_and_neither_records_nor_blocks_anything(reader, place):
    home = reader.post(page(place, "consent"), {"refuse": "1", "agreed": "on"}, follow=True)

    place.refresh_from_db()
    assert home.redirect_chain == [("/", 302)]
    assert "nothing was recorded" in home.content.decode()
    assert place.consented_at is None
    assert not Event.objects.exists()
    assert reader.get(page(place, "consent")).status_code == 200


def test_background_is_stored_and_can_be_corrected(reader, place):
    go_through(reader, place, until="background")
    reader.post(page(place, "background"), ABOUT_ME)
    reader.post(page(place, "background"), {**ABOUT_ME, "years_reading": "8"})
    said = Background.objects.get(assignment=place)

    assert (said.years_reading, said.specialty, said.subspecialty, said.display) == (8, "Radiology", "", "3 MP")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"years_reading": ""}, "0 if you have just begun"),
        ({"years_reading": "-1"}, "greater than or equal to 0"),
        ({"years_reading": "71"}, "less than or equal to 70"),
        ({"years_reading": "seven"}, "such as 7"),
        ({"specialty": ""}, "Name your specialty"),
        ({"specialty": "x" * 81}, "at most 80 characters"),
    ],
)
def test_wrong_background_is_refused_with_a_sentence(reader, place, wrong, sentence):
    go_through(reader, place, until="background")
    response = reader.post(page(place, "background"), {**ABOUT_ME, **wrong})

    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Background.objects.exists()


def test_instructions_are_markdown_and_can_be_opened_again_from_the_room(reader, place):
    go_through(reader, place, until="practice")
    Study.objects.update(instructions="# First\n\n**Bold** <script>alert(1)</script>")
    html = reader.get(page(place, "instructions")).content.decode()

    assert "<h2>First</h2>" in html
    assert "<strong>Bold</strong>" in html
    assert "<script>alert" not in html
    assert "I have read this" not in html


def test_a_monitor_check_is_stored_with_the_screen_and_asked_once_for_each_browser(client, reader, place):
    go_through(reader, place, until="practice")
    check = Sitting.objects.get()
    another = type(client)()
    another.force_login(place.reader)

    assert check.monitor_check == {"dark": True, "bright": True, "lines": True}
    assert (check.screen_width, check.screen_height, check.pixel_ratio) == (1920, 1080, 1.25)
    assert (check.session, check.assignment) == (1, place)
    assert reader.get(room(place)).url == page(place, "practice")
    assert another.get(room(place)).url == page(place, "monitor")


def test_a_monitor_check_of_another_session_or_reader_is_none(reader, place):
    go_through(reader, place, until="practice")
    key = Sitting.objects.get().key
    stranger = AssignmentFactory(study=place.study)
    place.refresh_from_db()
    place.practised_at = place.briefed_at
    later = Assignment.objects.select_related("study").get(pk=place.pk)
    later.session = 2
    SlotFactory(assignment=later, session=2)

    assert next_step(place, screen=key) == "read"
    assert next_step(place) == "monitor"
    assert next_step(later, screen=key) == "monitor"
    assert Sitting.objects.filter(assignment=stranger, key=key).count() == 0


def test_a_no_is_recorded_advises_and_lets_the_reader_go_on(reader, place):
    go_through(reader, place, until="monitor")
    html = reader.post(page(place, "monitor"), {**ALL_SEEN, "dark": "no"}).content.decode()

    assert Sitting.objects.get().monitor_check == {"dark": False, "bright": True, "lines": True}
    assert "dim the room" in html
    assert "Light greys" not in html
    assert f'href="{page(place, "practice")}">Go on all the same' in html
    assert reader.get(room(place)).url == page(place, "practice")


@pytest.mark.parametrize("wrong", [{"lines": ""}, {"lines": "perhaps"}])
def test_a_monitor_check_with_a_question_open_is_not_stored(reader, place, wrong):
    go_through(reader, place, until="monitor")
    response = reader.post(page(place, "monitor"), {**ALL_SEEN, **SCREEN, **wrong})

    assert response.status_code == 200
    assert not Sitting.objects.exists()


def test_what_a_browser_states_wrongly_of_its_screen_keeps_nobody_out(reader, place):
    go_through(reader, place, until="monitor")
    rubbish = {"screen_width": "x", "pixel_ratio": "nan", "colour_depth": "-1", "window_width": str(2**40)}
    agent = {"user-agent": "Browser " * 100}
    reader.post(page(place, "monitor"), {**ALL_SEEN, **SCREEN, **rubbish}, headers=agent)
    check = Sitting.objects.get()

    assert check.screen_width is check.pixel_ratio is check.colour_depth is check.window_width is None
    assert check.screen_height == 1080
    assert len(check.user_agent) == 400
    assert reader.get(room(place)).url == page(place, "practice")


@pytest.mark.parametrize("cookie", ["", "rubbish", "00000000-0000-0000-0000-000000000000"])
def test_a_forged_memory_of_a_check_only_asks_again(reader, place, cookie):
    go_through(reader, place, until="practice")
    reader.cookies[f"monitor-{place.token.hex}"] = cookie

    assert reader.get(room(place)).url == page(place, "monitor")


def test_the_way_in_asks_no_table_that_knows_where_an_image_came_from(reader, place):
    with CaptureQueriesContext(connection) as queries:
        go_through(reader, place, until="practice")
        for step in STEPS:
            reader.get(page(place, step))
        reader.get(reverse("reader:wait", args=[place.token]))
        reader.get(reverse("reader:thanks", args=[place.token]))

    asked = " ".join(query["sql"] for query in queries.captured_queries)
    assert "reader_slot" in asked
    for table in (
        "library_image",
        "library_dataset",
        "library_provenance",
        "library_mask",
        "generation_",
        "reader_pool",
    ):
        assert table not in asked
