"""A reader's start page says what is next in each study, and nothing that hints at truth."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lungstudy.library.models import Dataset, Origin
from reader.models import Assignment, Reading, Study
from tests.factories import AssignmentFactory, ReadingFactory, SlotFactory, UserFactory

pytestmark = pytest.mark.django_db
CSRF = re.compile(r'data-csrf-token="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def assignment():
    """Two sessions of three slots each."""
    assignment = AssignmentFactory(study__sessions=2, study__washout_days=7)
    for position in (1, 2, 3):
        slot = SlotFactory(assignment=assignment, position=position)
        SlotFactory(assignment=assignment, session=2, position=position, case=slot.trial.cases.get())
    return assignment


def answer(assignment, count, *, session=1, days_ago=0.0):
    for slot in assignment.slots.filter(session=session).unread()[:count]:
        ReadingFactory(slot=slot)
    Reading.objects.update(received_at=datetime.now(UTC) - timedelta(days=days_ago))


def home(client, reader):
    client.force_login(reader)
    return client.get("/").content.decode()


def test_the_button_says_what_is_next(client, assignment):
    reader = assignment.reader
    assert ">Start reading</a>" in home(client, reader)

    answer(assignment, 1)
    assert ">Go on: 1 of 3</a>" in home(client, reader)

    answer(assignment, 2)
    waiting = home(client, reader)
    assert "Session 2 opens on <time" in waiting
    assert "btn-primary" not in waiting

    Reading.objects.update(received_at=datetime.now(UTC) - timedelta(days=7))
    due = home(client, reader)
    assert ">Start session 2</a>" in due
    assert "0 of 3 read · session 2 of 2" in due

    Assignment.objects.update(session=2)
    answer(assignment, 1, session=2)
    assert ">Go on: 1 of 3</a>" in home(client, reader)

    answer(assignment, 2, session=2)
    assert ">Done</a>" in home(client, reader)


@pytest.mark.parametrize(
    ("state", "badge"),
    [(Study.State.SEALED, "Not open yet"), (Study.State.CLOSED, "Closed"), (Study.State.UNBLINDED, "Closed")],
)
def test_a_study_that_is_not_open_has_no_button(client, assignment, state, badge):
    Study.objects.update(state=state)
    page = home(client, assignment.reader)

    assert f">{badge}</span>" in page
    assert "btn-primary" not in page


def test_what_can_be_read_now_stands_first(client):
    reader = UserFactory()
    closed = AssignmentFactory(reader=reader, study__title="Closed one", study__state=Study.State.CLOSED)
    done = SlotFactory(assignment__reader=reader, assignment__study__title="Done one")
    ReadingFactory(slot=done)
    SlotFactory(assignment__reader=reader, assignment__study__title="Open one")
    page = home(client, reader)

    assert page.index("Open one") < page.index("Done one") < page.index("Closed one")
    assert closed.study.title in page


def test_the_page_asks_nothing_of_and_says_nothing_on_where_images_came_from(client, assignment):
    answer(assignment, 1)
    with CaptureQueriesContext(connection) as queries:
        real = home(client, assignment.reader)
    asked = [query["sql"] for query in queries.captured_queries if "reader_" in query["sql"]]
    Dataset.objects.update(origin=Origin.SYNTHETIC)
    synthetic = home(client, assignment.reader)

    assert CSRF.sub("", real) == CSRF.sub("", synthetic)
    assert asked
    assert [sql for sql in asked if "library_" in sql or "reader_pool" in sql] == []
