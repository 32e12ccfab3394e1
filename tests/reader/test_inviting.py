"""Links that were lost, and reminders: what a researcher sends to readers, without ever seeing a verdict."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lungstudy.accounts.actions import InvitationError, accept_invitation
from reader.actions.errors import StudyError
from reader.actions.joining import invite_reader, renew_link
from reader.actions.lifecycle import open_study
from reader.actions.reminders import note_reminder, reminder_for
from reader.models import Reading
from tests.factories import AssignmentFactory, ReadingFactory, SlotFactory, UserFactory
from tests.reader.builder import sealed_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    study = sealed_study()
    assignment, token = invite_reader(study=study, by=study.created_by, note="Dr. A", group="residents")
    assignment.first_token = token
    return assignment


@pytest.fixture
def joined(place):
    accept_invitation(token=place.first_token, user=UserFactory(email="a@example.org", first_name="Ada"))
    open_study(study=place.study, by=None)
    place.refresh_from_db()
    return place


def test_a_new_link_lets_the_same_place_be_taken_and_the_old_one_no_longer_works(place):
    _, token = renew_link(assignment=place, by=place.study.created_by)
    with pytest.raises(InvitationError, match="taken back"):
        accept_invitation(token=place.first_token, user=UserFactory())
    accept_invitation(token=token, user=UserFactory())
    place.refresh_from_db()

    assert place.reader is not None
    assert (place.number, place.group, place.invitation.note) == (1, "residents", "Dr. A")


def test_a_reader_who_joined_needs_no_new_link(joined):
    with pytest.raises(StudyError, match="they sign in"):
        renew_link(assignment=joined, by=joined.study.created_by)


def test_a_reminder_names_counts_and_address_and_no_verdict(joined):
    ReadingFactory(slot=joined.slots.first(), verdict="fake")
    reminder = reminder_for(joined, "https://reading.example/")

    assert "1 of 6 images" in reminder.body
    assert "https://reading.example/" in reminder.body
    assert reminder.mailto.startswith("mailto:a%40example.org?subject=Reminder%3A%20Study")
    assert "fake" not in reminder.body


def test_the_page_shows_the_text_and_notes_that_it_was_sent(client, joined):
    client.force_login(joined.study.created_by)
    address = reverse("reader:remind", args=[joined.study.token, joined.number])
    assert "0 of 6 images" in client.get(address).text
    client.post(address)
    joined.refresh_from_db()

    assert joined.reminded_at is not None


def test_nobody_is_reminded_of_what_is_read_or_not_open(client, place, joined):
    for slot in joined.slots.all():
        ReadingFactory(slot=slot)
    client.force_login(joined.study.created_by)
    response = client.get(reverse("reader:remind", args=[joined.study.token, joined.number]), follow=True)

    assert "has read all images already" in response.text


def test_nobody_is_reminded_while_a_washout_keeps_them_from_reading():
    assignment = AssignmentFactory(study__sessions=2, study__washout_days=14)
    for session in (1, 2):
        slot = SlotFactory(assignment=assignment, session=session)
        if session == 1:
            ReadingFactory(slot=slot)

    with pytest.raises(StudyError, match="next session opens on"):
        reminder_for(assignment, "https://reading.example/")
    Reading.objects.update(received_at=timezone.now() - timedelta(days=15))
    assert "1 of 2 images" in reminder_for(assignment, "https://reading.example/").body


def test_a_reminder_is_on_record(joined):
    note_reminder(assignment=joined, by=joined.study.created_by)
    page_of = joined.study.assignments.get().reminded_at

    assert page_of is not None
