"""The reading room over HTTP: blind, in order, and only for its own reader."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lungstudy.library.models import Dataset, Origin
from reader.models import Reading, Revising, Sitting, Study
from tests.factories import AdminFactory, PresentationFactory, ResearcherFactory, SlotFactory, UserFactory

pytestmark = pytest.mark.django_db
CSRF = re.compile(rb'(data-now|data-csrf-token|name="csrfmiddlewaretoken" value)="[^"]+"')


@pytest.fixture
def slot():
    slot = SlotFactory(case__image__finding="pneumonia", case__image__source_name="film-of-somebody.png")
    PresentationFactory(case=slot.trial.cases.get())
    return slot


@pytest.fixture
def reader(client, slot):
    client.force_login(slot.assignment.reader)
    return client


def room(slot):
    return reverse("reader:room", args=[slot.assignment.token])


def image(slot):
    return reverse("reader:slot_image", args=[slot.token, 1])


def post(client, slot, **changes):
    body = {"client_key": str(uuid.uuid4()), "sequence": 1, "answer": "real", "seconds_open": "1.5", **changes}
    return client.post(reverse("reader:slot_reading", args=[slot.token]), body)


@pytest.mark.parametrize("page", [room, image])
def test_what_a_reader_receives_is_the_same_for_a_real_and_a_synthetic_image(reader, slot, page):
    real = reader.get(page(slot))
    Dataset.objects.update(origin=Origin.SYNTHETIC)
    synthetic = reader.get(page(slot))

    assert real.status_code == 200
    assert CSRF.sub(b"", real.getvalue()) == CSRF.sub(b"", synthetic.getvalue())
    # Expires is the second at which a page was sent.
    assert {**real.headers, "Expires": ""} == {**synthetic.headers, "Expires": ""}


@pytest.mark.parametrize("page", [room, image])
def test_the_reading_room_asks_no_table_that_knows_where_an_image_came_from(reader, slot, page):
    with CaptureQueriesContext(connection) as queries:
        reader.get(page(slot)).getvalue()
        post(reader, slot)

    asked = " ".join(query["sql"] for query in queries.captured_queries)
    for table in ("library_image", "library_dataset", "library_provenance", "library_mask", "generation_"):
        assert table not in asked


def test_the_page_holds_no_key_name_or_hash_of_the_image(reader, slot):
    page = reader.get(room(slot)).content.decode()

    for secret in (
        slot.trial.cases.get().image.token,
        slot.trial.cases.get().image.source_name,
        slot.trial.cases.get().image.pixel_sha256,
        "pneumonia",
    ):
        assert str(secret) not in page
    assert str(slot.token) in page


def test_an_image_may_be_kept_by_the_browser_under_its_slots_name_only(reader, slot):
    headers = reader.get(image(slot)).headers

    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["ETag"] == f'"{slot.token.hex}-1"'
    assert headers["Content-Type"] == "image/png"
    assert "Last-Modified" not in headers
    assert "Content-Disposition" not in headers


def test_a_verdict_is_stored_before_it_is_acknowledged(reader, slot):
    key = uuid.uuid4()
    answer = post(reader, slot, client_key=str(key)).json()

    assert answer == {"saved": True, "client_key": str(key), "counted": True, "sentence": "", "over": False}
    assert Reading.objects.get(client_key=key).slot == slot


def test_slots_come_in_their_stored_order_with_what_this_reader_said(reader, slot):
    later = SlotFactory(assignment=slot.assignment, position=slot.position + 5)
    earlier = SlotFactory(assignment=slot.assignment, position=0)
    post(reader, slot, answer="fake")
    slots = reader.get(room(slot)).context["slots"]

    assert [entry["answer"] for entry in slots] == [None, "fake", None]
    tokens = [str(one.token) for one in (earlier, slot, later)]
    assert all(token in entry["images"][0] for token, entry in zip(tokens, slots, strict=True))


@pytest.mark.parametrize("somebody", [UserFactory, ResearcherFactory, AdminFactory])
def test_nobody_else_sees_or_answers_a_readers_slot(client, slot, somebody):
    client.force_login(somebody())

    assert client.get(room(slot)).status_code == 404
    assert client.get(image(slot)).status_code == 404
    refused = post(client, slot)
    assert refused.status_code == 404
    assert "not yours" in refused.json()["sentence"]
    assert not Reading.objects.exists()


def test_strangers_are_sent_to_sign_in(client, slot):
    for response in (client.get(room(slot)), client.get(image(slot)), post(client, slot)):
        assert response.status_code == 302
        assert response.url.startswith(reverse("accounts:sign_in"))


@pytest.mark.parametrize("state", [Study.State.CLOSED, Study.State.SEALED])
def test_no_image_is_shown_unless_the_study_is_open(reader, slot, state):
    Study.objects.update(state=state)

    assert reader.get(image(slot)).status_code == 404
    assert "slots" not in reader.get(room(slot)).context


def test_an_answer_after_closing_is_kept_and_the_reader_is_told(reader, slot):
    Study.objects.update(state=Study.State.CLOSED)
    answer = post(reader, slot).json()

    assert answer["saved"] is True
    assert answer["counted"] is False
    assert "not counted" in answer["sentence"]


@pytest.mark.parametrize(
    "rubbish",
    [{"client_key": "1"}, {"sequence": "-3"}, {"seconds_open": "nan"}, {"seconds_open": "-1"}, {"answer": ""}],
)
def test_rubbish_is_refused_with_a_sentence_and_nothing_is_stored(reader, slot, rubbish):
    response = post(reader, slot, **rubbish)

    assert response.status_code == 400
    assert "Reload the page" in response.json()["sentence"]
    assert not Reading.objects.exists()


def test_a_verdict_that_is_no_option_is_refused(reader, slot):
    response = post(reader, slot, answer="maybe")

    assert response.status_code == 409
    assert "real, fake, unsure" in response.json()["sentence"]


def test_when_all_is_read_the_room_gives_way_to_the_thanks_page(reader, slot):
    post(reader, slot)

    assert reader.get(room(slot)).url == reverse("reader:thanks", args=[slot.assignment.token])
    assert reader.get(room(slot) + "?again=1").status_code == 200
    assert b"1 of 1 images" in reader.get(reverse("reader:thanks", args=[slot.assignment.token])).content


SCREEN = {
    "session": "1", "screen_width": "2560", "screen_height": "1440", "window_width": "1280", "window_height": "800",
    "pixel_ratio": "1.25", "colour_depth": "24",
}  # fmt: skip


def sit(client, slot, **changes):
    address = reverse("reader:sitting", args=[slot.assignment.token])
    return client.post(address, {"key": str(uuid.uuid4()), **SCREEN, **changes}, headers={"User-Agent": "B" * 500})


def test_the_screen_of_a_visit_is_noted_once_however_often_it_is_told(reader, slot):
    key = str(uuid.uuid4())
    replies = [sit(reader, slot, key=key).json() for _ in range(2)]
    visit = Sitting.objects.get()

    assert replies == [{"saved": True}] * 2
    assert (visit.assignment, visit.session, visit.screen_width, visit.pixel_ratio) == (slot.assignment, 1, 2560, 1.25)
    assert visit.user_agent == "B" * 400


@pytest.mark.parametrize("rubbish", [{"key": "1"}, {"screen_width": "-1"}, {"pixel_ratio": "nan"}, {"session": "x"}])
def test_a_screen_that_is_none_is_refused(reader, slot, rubbish):
    response = sit(reader, slot, **rubbish)

    assert response.status_code == 400
    assert not Sitting.objects.exists()


def test_nobody_notes_a_sitting_at_another_reader_s_place(client, slot):
    client.force_login(UserFactory())

    assert sit(client, slot).status_code == 404


def test_the_room_is_told_its_protocol_and_the_reader_s_own_order_of_answers(reader, slot):
    slot.assignment.answer_order = ["unsure", "fake", "real"]
    slot.assignment.save()
    Study.objects.update(exposure_ms=3000, allow_flip=True, confidence="slider")
    protocol = reader.get(room(slot)).context["protocol"]

    assert [answer["value"] for answer in protocol["answers"]] == ["unsure", "fake", "real"]
    assert [answer["key"] for answer in protocol["answers"]] == ["U", "F", "R"]
    assert (protocol["exposure_ms"], protocol["allow_flip"], protocol["confidence"]) == (3000, True, "slider")
    assert (protocol["preview"], protocol["practice"], protocol["feedback"]) == (False, False, False)


def test_what_was_said_beside_an_answer_comes_back_with_it(reader, slot):
    Study.objects.update(confidence="keys", allow_comment=True)
    post(reader, slot, confidence="4", comment="ribs")
    [entry] = reader.get(room(slot) + "?again=1").context["slots"]

    assert entry["answer"] == "real"
    assert entry["seconds"] == 1.5
    assert entry["beside"] == {"confidence": 4, "comment": "ribs", "marks": []}


@pytest.mark.parametrize("rule", [Revising.LAST, Revising.NEVER])
def test_nobody_looks_through_answers_that_may_not_be_changed(reader, slot, rule):
    post(reader, slot)
    Study.objects.update(revising=rule)

    assert reader.get(room(slot) + "?again=1").status_code == 302


def test_only_an_answer_that_came_too_late_ends_the_reading(reader, slot):
    Study.objects.update(revising=Revising.NEVER)
    post(reader, slot)
    revision = post(reader, slot, answer="fake", sequence=2).json()
    Study.objects.update(state=Study.State.CLOSED)
    late = post(reader, slot, sequence=3).json()

    assert (revision["counted"], revision["over"]) == (False, False)
    assert "takes no other answer" in revision["sentence"]
    assert (late["counted"], late["over"]) == (False, True)
