"""Prepared questions: the ORM's answers, at once after any change, on every connection."""

import datetime
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lungstudy.accounts.backends import PERSON
from lungstudy.accounts.models import User
from lungstudy.accounts.sessions import NOT_EXPIRED
from lungstudy.prepared import Given, Prepared
from reader.models import Slot, Study
from reader.models.asked import TO_FILE, TO_SHOW, shown_in_slot, slot_to_file
from tests.factories import CaseFactory, PresentationFactory, SlotFactory, UserFactory

NAMED = Prepared(
    User.objects.filter(username=Given("name", models.CharField()), is_active=True).annotate(
        upper=models.functions.Upper("username")
    )
)

pytestmark = pytest.mark.django_db


def test_an_answer_is_what_the_orm_answers_field_for_field():
    slot = SlotFactory(arrangement=[1], session=1)
    asked = slot_to_file(reader=slot.assignment.reader_id, token=slot.token)
    by_orm = Slot.objects.with_what_filing_needs().get(pk=slot.pk)
    for one, other in (
        (asked, by_orm),
        (asked.assignment, by_orm.assignment),
        (asked.assignment.study, by_orm.assignment.study),
        (asked.trial, by_orm.trial),
    ):
        assert one == other
        assert one.get_deferred_fields() == other.get_deferred_fields()
        loaded = one.__dict__.keys() - {"_state"}
        assert {name: one.__dict__[name] for name in loaded} == {name: other.__dict__[name] for name in loaded}


def test_a_person_is_whole_and_an_unknown_one_is_nobody():
    person = UserFactory(last_login=timezone.now())
    assert vars(PERSON.first(pk=person.pk)).keys() == vars(User.objects.get(pk=person.pk)).keys()
    assert PERSON.first(pk=person.pk).last_login == person.last_login
    assert PERSON.first(pk=person.pk + 1) is None


def test_values_fixed_in_the_question_and_annotations_hold():
    UserFactory(username="ada")
    UserFactory(username="gone", is_active=False)
    assert NAMED.first(name="ada").upper == "ADA"
    assert NAMED.first(name="gone") is None


def test_a_value_is_never_taken_for_sql():
    UserFactory(username="ada")
    assert NAMED.all(name="ada' OR '1'='1") == []
    UserFactory(username="50%s $1")
    assert [person.username for person in NAMED.all(name="50%s $1")] == ["50%s $1"]


def test_nothing_is_remembered_from_one_asking_to_the_next():
    person = UserFactory(username="ada")
    assert NAMED.first(name="ada") == person
    User.objects.update(is_active=False)
    assert NAMED.first(name="ada") is None


def asked_twice_in_passing():
    """As a thread of the web process asks that has just begun, or lost its connection."""
    try:
        return [NAMED.first(name="ada").username for _ in range(2)]
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_every_connection_is_told_the_question_for_itself():
    UserFactory(username="ada")
    assert NAMED.first(name="ada").username == "ada"
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asked_twice_in_passing).result() == ["ada", "ada"]
    connection.close()
    assert asked_twice_in_passing() == ["ada", "ada"]


@pytest.mark.django_db(transaction=True)
def test_postgres_plans_a_question_once_for_each_connection():
    if connection.vendor != "postgresql":
        pytest.skip("Only Postgres is told; run with --postgres.")
    connection.close()
    with CaptureQueriesContext(connection) as queries:
        for name in ("ada", "bea", "ada"):
            NAMED.first(name=name)
    words = [query["sql"].split()[0] for query in queries.captured_queries]
    assert words == ["PREPARE", "EXECUTE", "EXECUTE", "EXECUTE"]


@pytest.fixture
def slot():
    slot = SlotFactory()
    PresentationFactory(case=slot.trial.cases.get())
    return slot


def picture(slot):
    return reverse("reader:slot_image", args=[slot.token, 1])


@pytest.mark.parametrize("question", [TO_SHOW, TO_FILE])
def test_the_rooms_questions_name_no_table_that_knows_where_an_image_came_from(question, slot):
    question.first(reader=1, token=slot.token)
    for table in ("library_", "generation_", "reader_pool"):
        assert table not in question.compiled.sql


def test_an_image_is_shown_at_the_place_that_its_slot_arranged(slot):
    second = CaseFactory(study=slot.assignment.study, trial=slot.trial, place=2)
    PresentationFactory(case=second)
    Slot.objects.update(arrangement=[2, 1])
    files = {case.place: case.presentation.file.name for case in slot.trial.cases.all()}
    shown = [shown_in_slot(reader=slot.assignment.reader_id, token=slot.token, place=place) for place in (1, 2)]
    assert [file.name for file in shown] == [files[2], files[1]]
    for place in (0, 3):
        assert shown_in_slot(reader=slot.assignment.reader_id, token=slot.token, place=place) is None


def test_an_image_is_refused_to_others_after_closing_and_before_its_session(client, slot):
    reader = slot.assignment.reader
    client.force_login(reader)
    assert client.get(picture(slot)).status_code == 200
    assert shown_in_slot(reader=UserFactory().pk, token=slot.token, place=1) is None
    assert shown_in_slot(reader=reader.pk, token=uuid.uuid4(), place=1) is None
    Slot.objects.update(session=2)
    assert client.get(picture(slot)).status_code == 404
    Slot.objects.update(session=1)
    Study.objects.update(state=Study.State.CLOSED)
    assert client.get(picture(slot)).status_code == 404


@pytest.mark.parametrize("change", ["deactivated", "new password", "signed out elsewhere", "expired"])
def test_a_person_is_out_at_the_very_next_request(client, slot, change):
    person = slot.assignment.reader
    client.force_login(person)
    assert client.get(picture(slot)).status_code == 200
    if change == "deactivated":
        User.objects.filter(pk=person.pk).update(is_active=False)
    elif change == "new password":
        person.set_password("another passphrase")
        person.save()
    elif change == "signed out elsewhere":
        client.session.flush()
    else:
        NOT_EXPIRED.question.model.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    response = client.get(picture(slot))
    assert (response.status_code, response.url.split("?")[0]) == (302, "/sign-in/")
