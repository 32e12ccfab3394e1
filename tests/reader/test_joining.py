"""Readers join by a link, get a number and an order, and are refused where they could know the truth."""

import pytest

from lungstudy.accounts.actions import InvitationError, accept_invitation
from reader.actions.errors import StudyError
from reader.actions.joining import invite_reader, revoke_place
from reader.actions.lifecycle import close_study, open_study
from reader.actions.ordering import generator_for, order_for
from reader.models import Slot
from tests.factories import AdminFactory, ResearcherFactory, UserFactory
from tests.reader.builder import drawn_draft, sealed_study

pytestmark = pytest.mark.django_db


def invited(study):
    return invite_reader(study=study, by=study.created_by)


def test_accepting_the_link_stores_the_whole_order():
    study = sealed_study()
    assignment, token = invited(study)
    reader = UserFactory()
    accept_invitation(token=token, user=reader)
    stored = list(assignment.slots.in_reading_order().values_list("trial__number", flat=True))

    assignment.refresh_from_db()
    assert assignment.reader == reader
    order = order_for(generator_for(study.protocol_sha256, 1, 1), [1, 2, 3, 4, 5, 6])
    assert stored == [showing.trial for showing in order]
    assert sorted(stored) == [1, 2, 3, 4, 5, 6]


def test_numbers_are_given_once_even_after_a_revoked_link():
    study = sealed_study()
    first, _ = invited(study)
    revoke_place(assignment=first, by=study.created_by)
    second, _ = invited(study)

    assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        (lambda study: AdminFactory(), "admin"),
        (lambda study: _with_researcher(study), "research side"),
        (lambda study: _with_importer(study), "imported, generated or sorted"),
        (lambda study: _already_reading(study), "read this study already"),
    ],
)
def test_whoever_could_know_the_truth_is_refused_and_the_link_stays_good(who, sentence):
    study = sealed_study()
    person = who(study)
    _, token = invited(study)
    slots = Slot.objects.count()

    with pytest.raises(InvitationError, match=sentence):
        accept_invitation(token=token, user=person)
    assert Slot.objects.count() == slots
    accept_invitation(token=token, user=UserFactory())


def _with_researcher(study):
    researcher = ResearcherFactory()
    study.researchers.add(researcher)
    return researcher


def _with_importer(study):
    dataset = study.pools.first().dataset
    dataset.created_by = ResearcherFactory()
    dataset.save()
    return dataset.created_by


def _already_reading(study):
    _, token = invited(study)
    reader = UserFactory()
    accept_invitation(token=token, user=reader)
    return reader


def test_nobody_is_invited_to_a_draft():
    with pytest.raises(StudyError, match="Seal the study first"):
        invited(drawn_draft())


def test_a_link_of_a_study_that_has_closed_is_refused():
    study = sealed_study()
    _, token = invited(study)
    open_study(study=study, by=None)
    close_study(study=study, by=None)

    with pytest.raises(InvitationError, match="taken back"):
        accept_invitation(token=token, user=UserFactory())


def test_the_link_of_a_reader_who_joined_is_not_revoked():
    study = sealed_study()
    assignment, token = invited(study)
    accept_invitation(token=token, user=UserFactory())
    assignment.refresh_from_db()

    with pytest.raises(StudyError, match="has joined"):
        revoke_place(assignment=assignment, by=study.created_by)
