"""Filing verdicts: once per key, appended, never under another slot, kept apart after closing."""

import uuid

import pytest

from reader.actions.reading import ReadingError, record_reading
from reader.models import Reading, Study
from tests.factories import SlotFactory, StudyFactory

pytestmark = pytest.mark.django_db


def say(slot, verdict, *, sequence=1, key=None):
    return record_reading(
        slot=slot, client_key=key or uuid.uuid4(), sequence=sequence, verdict=verdict, seconds_open=2.0
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
