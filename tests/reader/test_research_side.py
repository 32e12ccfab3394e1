"""The research side and the reading side of a study never meet in one person while it is blind."""

import pytest

from lungstudy.accounts.actions import InvitationError, accept_invitation
from lungstudy.accounts.models import Invitation, InvitationState, Role
from lungstudy.library.models import Image, ImportRun
from reader.actions.errors import StudyError
from reader.actions.joining import invite_reader, revoke_place
from reader.actions.lifecycle import close_study, delete_study, open_study
from reader.actions.research_side import add_researcher, remove_researcher
from reader.models import Study
from tests.factories import AdminFactory, AssignmentFactory, OpenStudyFactory, ResearcherFactory, UserFactory
from tests.reader.builder import sealed_study

pytestmark = pytest.mark.django_db


def _former_researcher(study):
    person = ResearcherFactory()
    add_researcher(study=study, user=person, by=study.created_by)
    remove_researcher(study=study, user=person, by=study.created_by)
    return person


def _importer(study):
    person = ResearcherFactory()
    ImportRun.objects.create(dataset=study.pools.first().dataset, source="films.zip", created_by=person)
    return person


def _sorter(study):
    person = ResearcherFactory()
    Image.objects.filter(pk=study.cases.first().image_id).update(triaged_by=person)
    return person


@pytest.mark.parametrize("who", [_former_researcher, _importer, _sorter])
def test_what_somebody_saw_stays_seen_so_they_cannot_read(who):
    study = sealed_study()
    person = who(study)
    _, token = invite_reader(study=study, by=study.created_by)

    with pytest.raises(InvitationError, match="cannot read it"):
        accept_invitation(token=token, user=person)


def test_a_researcher_who_has_nothing_to_do_with_a_study_may_read_it():
    study = sealed_study()
    _, token = invite_reader(study=study, by=study.created_by)
    accept_invitation(token=token, user=ResearcherFactory())

    assert study.assignments.joined().count() == 1


def test_a_reader_of_a_study_cannot_join_its_research_side():
    study = OpenStudyFactory()
    reader = AssignmentFactory(study=study, reader=ResearcherFactory()).reader

    with pytest.raises(StudyError, match="reads this study"):
        add_researcher(study=study, user=reader, by=study.created_by)


def test_somebody_with_a_readers_account_cannot_join_the_research_side():
    study = OpenStudyFactory()

    with pytest.raises(StudyError, match="is a reader"):
        add_researcher(study=study, user=UserFactory(), by=study.created_by)


def test_the_last_researcher_stays():
    study = OpenStudyFactory()

    with pytest.raises(StudyError, match="Add another first"):
        remove_researcher(study=study, user=study.created_by, by=study.created_by)


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.ADMIN])
def test_a_reader_who_is_promoted_does_not_see_the_research_side_until_unblinding(role):
    study = OpenStudyFactory()
    reader = AssignmentFactory(study=study).reader
    other = OpenStudyFactory()
    AssignmentFactory(study=other)
    reader.role = role
    reader.save()
    study.researchers.add(reader)
    other.researchers.add(reader)

    assert set(Study.objects.visible_to(reader)) == {other}
    Study.objects.filter(pk=study.pk).update(state=Study.State.UNBLINDED)
    assert set(Study.objects.visible_to(reader)) == {study, other}


def test_a_colleague_takes_back_a_link_that_another_made():
    study = sealed_study()
    place, token = invite_reader(study=study, by=AdminFactory())
    revoke_place(assignment=place, by=study.created_by)

    with pytest.raises(InvitationError, match="taken back"):
        accept_invitation(token=token, user=UserFactory())


@pytest.mark.parametrize(
    "end",
    [
        lambda study: close_study(study=study, by=None),
        lambda study: delete_study(study=study, by=None, why="for the test"),
    ],
)
def test_links_that_nobody_used_end_with_their_study(end):
    study = sealed_study()
    open_study(study=study, by=None)
    _, used = invite_reader(study=study, by=study.created_by)
    accept_invitation(token=used, user=UserFactory())
    invite_reader(study=study, by=study.created_by)
    end(study)

    states = sorted(invitation.state for invitation in Invitation.objects.all())
    assert states == [InvitationState.ACCEPTED, InvitationState.REVOKED]
