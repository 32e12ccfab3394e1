"""Sessions: complete when every slot has a counted answer, the next after its washout to the second, begun once."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse

from lungstudy.audit.models import Event
from reader.actions.reading import record_reading
from reader.actions.sessions import begin_next_session, next_opens_at, running_session, told_to_the_minute
from reader.actions.way_in import next_step
from reader.models import Assignment, Reading, Study
from tests.factories import AssignmentFactory, CaseFactory, ReadingFactory, SlotFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 20, 12, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WASHOUT = timedelta(days=14)


def study_of_two_sessions(**study):
    """One reader, two trials in each of two sessions."""
    assignment = AssignmentFactory(study__sessions=2, study__washout_days=14, **study)
    cases = [CaseFactory(study=assignment.study) for _ in range(2)]
    for session in (1, 2):
        for position, case in enumerate(cases, start=1):
            SlotFactory(assignment=assignment, case=case, session=session, position=position)
    return assignment


def answer(slot, at, **reading):
    """An answer that arrived at this moment."""
    filed = ReadingFactory(slot=slot, **reading)
    Reading.objects.filter(pk=filed.pk).update(received_at=at)


def slots_of(assignment, session):
    return list(assignment.slots.filter(session=session).in_reading_order())


@pytest.fixture
def read_once():
    """The first session was complete at noon."""
    assignment = study_of_two_sessions()
    first, last = slots_of(assignment, 1)
    answer(first, NOON - timedelta(hours=1))
    answer(last, NOON)
    return assignment


def test_the_next_session_opens_on_the_second_its_washout_is_over(read_once):
    assert next_opens_at(read_once) == NOON + WASHOUT
    assert next_step(read_once, now=NOON + WASHOUT - SECOND) == "wait"
    assert not begin_next_session(read_once, now=NOON + WASHOUT - SECOND)
    assert next_step(read_once, now=NOON + WASHOUT) == "read"
    assert begin_next_session(read_once, now=NOON + WASHOUT)
    assert (read_once.session, read_once.session_began_at) == (2, NOON + WASHOUT)


def test_a_session_with_an_unread_slot_never_ends():
    assignment = study_of_two_sessions()
    answer(slots_of(assignment, 1)[0], NOON)

    assert not running_session(assignment).complete
    assert next_opens_at(assignment) is None
    assert not begin_next_session(assignment, now=NOON + 100 * WASHOUT)
    assert next_step(assignment, now=NOON + 100 * WASHOUT) == "read"


def test_an_answer_that_was_kept_apart_completes_nothing():
    assignment = study_of_two_sessions()
    first, last = slots_of(assignment, 1)
    answer(first, NOON)
    answer(last, NOON, counted=False, why_apart="revision")

    assert running_session(assignment).n_read == 1
    assert next_opens_at(assignment) is None


def test_a_revision_does_not_push_the_next_session_back(read_once):
    answer(slots_of(read_once, 1)[0], NOON + timedelta(days=3))

    assert next_opens_at(read_once) == NOON + WASHOUT


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "Europe/Berlin"])
def test_a_washout_is_as_long_in_every_time_zone_and_over_a_clock_change(read_once, zone):
    # Each of these zones changes its clocks within the fourteen days after 20 March 2026.
    due = (NOON + WASHOUT).astimezone(ZoneInfo(zone))

    assert next_step(read_once, now=(NOON + WASHOUT - SECOND).astimezone(ZoneInfo(zone))) == "wait"
    assert next_step(read_once, now=due) == "read"
    assert begin_next_session(read_once, now=due)


def test_the_minute_that_is_told_is_never_too_early():
    assert told_to_the_minute(NOON) == NOON
    assert told_to_the_minute(NOON + SECOND) == NOON + timedelta(minutes=1)
    assert told_to_the_minute(NOON + timedelta(microseconds=1)) == NOON + timedelta(minutes=1)
    assert told_to_the_minute(NOON + timedelta(seconds=59, microseconds=999_999)) == NOON + timedelta(minutes=1)


def test_of_two_devices_that_read_the_same_state_one_begins_the_session_and_both_are_in_it(read_once):
    laptop, telephone = (Assignment.objects.select_related("study").get(pk=read_once.pk) for _ in range(2))

    assert begin_next_session(laptop, now=NOON + WASHOUT)
    assert not begin_next_session(telephone, now=NOON + WASHOUT + SECOND)
    assert laptop.session == telephone.session == 2
    assert telephone.session_began_at == NOON + WASHOUT
    assert Event.objects.filter(verb="began a session").count() == 1


@pytest.mark.django_db(transaction=True)
def test_devices_that_open_the_room_at_one_moment_skip_no_session(read_once):
    Study.objects.update(sessions=3)
    devices = [Assignment.objects.select_related("study").get(pk=read_once.pk) for _ in range(4)]
    together = Barrier(len(devices))
    began = []

    def open_the_room(device):
        together.wait()
        began.append(begin_next_session(device, now=NOON + WASHOUT))
        connection.close()

    threads = [Thread(target=open_the_room, args=[device]) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(began) == [False, False, False, True]
    read_once.refresh_from_db()
    assert read_once.session == 2


def test_a_late_revision_of_an_earlier_session_is_kept_apart(read_once):
    begin_next_session(read_once, now=NOON + WASHOUT)
    slot = slots_of(read_once, 1)[0]
    filed = record_reading(
        slot=slot, client_key=read_once.token, sequence=99, answer="fake", seconds_open=1, confidence=None
    )

    assert (filed.counted, filed.why_apart) == (False, "session")


def test_after_the_last_session_all_is_done(read_once):
    begin_next_session(read_once, now=NOON + WASHOUT)
    for slot in slots_of(read_once, 2):
        answer(slot, NOON + WASHOUT)

    assert next_opens_at(read_once) is None
    assert next_step(read_once, now=NOON + 9 * WASHOUT) == "done"
    assert not begin_next_session(read_once, now=NOON + 9 * WASHOUT)


@pytest.mark.parametrize("state", [Study.State.SEALED, Study.State.CLOSED, Study.State.UNBLINDED])
def test_no_session_begins_unless_the_study_is_open(read_once, state):
    Study.objects.update(state=state)
    read_once.study.refresh_from_db()

    assert next_step(read_once, now=NOON + WASHOUT) == "not_open"
    assert not begin_next_session(read_once, now=NOON + WASHOUT)


def test_the_room_begins_a_due_session_and_shows_its_slots(client, read_once):
    client.force_login(read_once.reader)
    room = reverse("reader:room", args=[read_once.token])
    response = client.get(room)  # the washout ended in a past that no clock here can miss

    read_once.refresh_from_db()
    assert read_once.session == 2
    tokens = [str(slot.token) for slot in slots_of(read_once, 2)]
    assert all(token in entry["reading"] for token, entry in zip(tokens, response.context["slots"], strict=True))


def test_the_room_gives_way_to_the_waiting_page_until_the_washout_is_over(client, read_once):
    Reading.objects.update(received_at=datetime.now(UTC) - WASHOUT + timedelta(hours=1))
    client.force_login(read_once.reader)
    wait = reverse("reader:wait", args=[read_once.token])
    for address in (reverse("reader:room", args=[read_once.token]), wait.replace("wait/", "?again=1")):
        assert client.get(address).url == wait
    page = client.get(wait).content.decode()

    read_once.refresh_from_db()
    assert read_once.session == 1
    assert "Nothing to do until then." in page
    assert "Session 1 of 2 is complete" in page


def test_the_waiting_page_leads_on_once_there_is_nothing_to_wait_for(client, read_once):
    client.force_login(read_once.reader)

    assert client.get(reverse("reader:wait", args=[read_once.token])).url == reverse(
        "reader:room", args=[read_once.token]
    )
