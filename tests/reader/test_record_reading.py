"""Filing verdicts: once per key, appended, never under another slot, kept apart after closing."""

import uuid
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reader.actions.reading import ReadingError, record_reading
from reader.models import Reading, Revising, Study, WhyApart
from tests.factories import SlotFactory, StudyFactory

pytestmark = pytest.mark.django_db


def say(slot, verdict, *, sequence=1, key=None):
    return record_reading(
        slot=slot, client_key=key or uuid.uuid4(), sequence=sequence, answer=verdict, seconds_open=2.0
    )


def test_sending_a_verdict_twice_files_it_once():
    slot, key = SlotFactory(), uuid.uuid4()
    first, second = say(slot, "real", key=key), say(slot, "real", key=key)

    assert first.pk == second.pk
    assert Reading.objects.count() == 1


def test_a_revision_is_appended_and_the_highest_sequence_counts():
    slot = SlotFactory()
    say(slot, "unsure", sequence=20)
    say(slot, "real", sequence=10)  # sent first, arrived last

    assert Reading.objects.count() == 2
    assert Reading.objects.latest_per_slot().get().verdict == "unsure"


def test_a_key_that_was_used_for_another_slot_is_refused():
    key = uuid.uuid4()
    say(SlotFactory(), "real", key=key)

    with pytest.raises(ReadingError, match="filed under another image"):
        say(SlotFactory(), "fake", key=key)
    assert Reading.objects.count() == 1


def test_a_verdict_after_closing_is_kept_apart_and_not_counted():
    slot = SlotFactory()
    say(slot, "real")
    Study.objects.update(state=Study.State.CLOSED)
    slot.assignment.study.refresh_from_db()
    late = say(slot, "fake", sequence=2)

    assert not late.counted
    assert Reading.objects.latest_per_slot().get().verdict == "real"


def test_a_study_that_is_not_open_yet_takes_no_verdict():
    slot = SlotFactory(assignment__study=StudyFactory(state=Study.State.SEALED, sealed=True))

    with pytest.raises(ReadingError, match="not open yet"):
        say(slot, "real")
    assert not Reading.objects.exists()


def test_unsure_is_refused_where_the_protocol_switched_it_off():
    slot = SlotFactory(assignment__study__allow_unsure=False)

    with pytest.raises(ReadingError, match="real, fake"):
        say(slot, "unsure")


def test_the_first_verdict_notes_when_the_reader_started():
    slot = SlotFactory()
    say(slot, "real")
    slot.assignment.refresh_from_db()
    started = slot.assignment.started_at
    say(slot, "fake", sequence=2)
    slot.assignment.refresh_from_db()

    assert started is not None
    assert slot.assignment.started_at == started


@pytest.fixture
def neighbours():
    """Two slots of one reader whose study takes revisions as a test says."""

    def made(revising):
        first = SlotFactory(position=1, assignment__study__revising=revising)
        return first, SlotFactory(assignment=first.assignment, position=2)

    return made


def test_where_answers_are_final_a_second_one_is_kept_apart(neighbours):
    first, _ = neighbours(Revising.NEVER)
    say(first, "real")
    second = say(first, "fake", sequence=2)

    assert (second.counted, second.why_apart) == (False, WhyApart.REVISION)
    assert Reading.objects.latest_per_slot().get().verdict == "real"


@pytest.mark.django_db(transaction=True)
def test_of_answers_at_the_same_moment_one_counts_where_answers_are_final():
    slot = SlotFactory(assignment__study__revising=Revising.NEVER)
    together = Barrier(4)

    def answer(sequence):
        together.wait()
        say(slot, "real", sequence=sequence)
        connection.close()

    devices = [Thread(target=answer, args=[sequence]) for sequence in range(1, 5)]
    for device in devices:
        device.start()
    for device in devices:
        device.join()

    assert Reading.objects.count() == 4
    assert Reading.objects.counted().count() == 1


def test_where_the_last_answer_may_be_revised_no_earlier_one_may(neighbours):
    first, second = neighbours(Revising.LAST)
    say(first, "real", sequence=1)
    assert say(first, "fake", sequence=2).counted
    say(second, "real", sequence=3)

    assert say(second, "unsure", sequence=4).counted
    assert say(first, "unsure", sequence=5).why_apart == WhyApart.REVISION


def test_a_revision_of_the_last_answer_counts_though_the_next_answer_arrived_before_it(neighbours):
    first, second = neighbours(Revising.LAST)
    say(first, "real", sequence=1)
    say(second, "real", sequence=3)

    assert say(first, "fake", sequence=2).counted


def test_an_answer_whose_session_is_over_is_kept_apart():
    slot = SlotFactory()
    slot.assignment.session = 2
    late = say(slot, "real")

    assert (late.counted, late.why_apart) == (False, WhyApart.SESSION_OVER)


def test_an_answer_stored_before_closing_counts_however_late_it_is_sent_again():
    slot, key = SlotFactory(), uuid.uuid4()
    say(slot, "real", key=key)
    slot.assignment.study.state = Study.State.CLOSED

    assert say(slot, "real", key=key).counted
    assert Reading.objects.count() == 1


VERDICTS = st.sampled_from(["real", "fake", "unsure"])
# What a reader means, in order: a slot of three, a verdict.
INTENTIONS = st.lists(st.tuples(st.integers(0, 2), VERDICTS), min_size=1, max_size=8)


@pytest.fixture
def slots():
    first = SlotFactory()
    return [first, *SlotFactory.create_batch(2, assignment=first.assignment)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(intended=INTENTIONS, data=st.data())
def test_in_whatever_order_and_however_often_answers_arrive_the_last_intended_ones_count(slots, intended, data):
    Reading.objects.all().delete()
    once = range(len(intended))
    again = data.draw(st.lists(st.sampled_from(once), max_size=6))
    arriving = data.draw(st.permutations([*once, *again]))
    keys = [uuid.uuid4() for _ in intended]
    for number in arriving:
        place, verdict = intended[number]
        say(slots[place], verdict, sequence=1000 + number, key=keys[number])

    said = dict(Reading.objects.latest_per_slot().values_list("slot_id", "verdict"))
    assert said == {slots[place].pk: verdict for place, verdict in intended}
    assert Reading.objects.count() == len(intended)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(intended=INTENTIONS, data=st.data())
def test_whatever_arrives_after_closing_changes_no_counted_answer_and_is_kept(slots, intended, data):
    Reading.objects.all().delete()
    study = slots[0].assignment.study
    arriving = data.draw(st.permutations(range(len(intended))))
    closing = data.draw(st.integers(0, len(intended)))
    for place in slots:
        place.assignment.study = study
    for count, number in enumerate(arriving):
        study.state = Study.State.CLOSED if count >= closing else Study.State.OPEN
        place, verdict = intended[number]
        say(slots[place], verdict, sequence=number)

    in_time = [intended[number] for number in sorted(arriving[:closing])]
    said = dict(Reading.objects.latest_per_slot().values_list("slot_id", "verdict"))
    assert said == {slots[place].pk: verdict for place, verdict in in_time}
    assert Reading.objects.filter(counted=False).count() == len(intended) - closing
