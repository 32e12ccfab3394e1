"""The end of a reading: a reader's own pace in plain numbers, no verdict and no truth among them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from reader.actions.summary import summary_of
from reader.models import Reading, Revising, Study
from tests.factories import AssignmentFactory, ReadingFactory, SlotFactory

pytestmark = pytest.mark.django_db
# For each slot what was said, and after how many seconds; the median of 2, 4 and 30 is 4, their sum with revisions 46.
PLAYED = [
    [("real", 2.0)],
    [("fake", 4.0), ("real", 6.0), ("fake", 1.0)],
    [("unsure", 30.0), ("unsure", 3.0)],
]


@pytest.fixture
def assignment():
    assignment = AssignmentFactory()
    for position, said in enumerate(PLAYED, start=1):
        slot = SlotFactory(assignment=assignment, position=position)
        for sequence, (verdict, seconds) in enumerate(said):
            ReadingFactory(slot=slot, sequence=10 * position + sequence, verdict=verdict, seconds_open=seconds)
    return assignment


def thanks(client, assignment):
    client.force_login(assignment.reader)
    return client.get(reverse("reader:thanks", args=[assignment.token])).content.decode()


def test_numbers_follow_from_the_readings_alone(assignment):
    summary = summary_of(assignment)

    assert (summary.n_slots, summary.n_read, summary.n_changed) == (3, 3, 1)
    assert summary.median_seconds == 4.0
    assert summary.minutes == pytest.approx(46 / 60)
    assert (summary.sessions_done, summary.sessions) == (1, 1)


def test_what_was_kept_apart_and_practice_change_no_number(assignment):
    before = summary_of(assignment)
    slot = assignment.slots.first()
    ReadingFactory(slot=slot, sequence=99, verdict="fake", seconds_open=500, counted=False, why_apart="closed")
    ReadingFactory(slot=SlotFactory(assignment=assignment, session=0), seconds_open=500)

    assert summary_of(assignment) == before


def test_before_the_first_answer_there_is_no_median(client):
    assignment = SlotFactory().assignment

    assert summary_of(assignment).median_seconds is None
    assert "0 of 1 images" in thanks(client, assignment)


def test_the_page_is_the_same_whatever_the_verdicts_were(client, assignment):
    before = thanks(client, assignment)
    swap = {"real": "unsure", "unsure": "fake", "fake": "real"}
    for reading in Reading.objects.all():
        Reading.objects.filter(pk=reading.pk).update(verdict=swap[reading.verdict])

    def without_tokens(page):
        return [line for line in page.splitlines() if "csrf" not in line]

    assert without_tokens(thanks(client, assignment)) == without_tokens(before)
    assert "0.8 min" in before
    assert "4.0 s" in before


@pytest.mark.parametrize(
    ("revising", "offered"), [(Revising.ANY, True), (Revising.LAST, False), (Revising.NEVER, False)]
)
def test_answers_are_looked_through_again_only_where_the_protocol_takes_changes(client, assignment, revising, offered):
    Study.objects.update(revising=revising)

    assert ("Look through my answers" in thanks(client, assignment)) is offered


def test_between_sessions_the_next_date_is_told_and_no_answer_can_be_seen_again(client, assignment):
    Study.objects.update(sessions=2, washout_days=7)
    for slot in list(assignment.slots.all()):
        SlotFactory(assignment=assignment, session=2, position=slot.position, case=slot.trial.cases.get())
    answered = datetime.now(UTC)
    Reading.objects.update(received_at=answered)
    page = thanks(client, assignment)

    assert "session 1 of 2 is complete" in page
    assert f'datetime="{answered + timedelta(days=7):%Y-%m-%d}' in page
    assert "3 of 6 images" in page
    assert "1 of 2" in page
    assert "again=1" not in page
