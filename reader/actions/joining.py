"""Invite readers and let them in: a link, a number, and an order that is drawn once."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lungstudy.accounts.actions import InvitationError, invite
from lungstudy.accounts.models import Invitation, Role, User
from lungstudy.audit.actions import record_event
from lungstudy.library.models import Dataset, Image, ImportRun, Provenance
from reader.actions.errors import StudyError
from reader.actions.ordering import answers_of, block_of, store_order
from reader.models import PRACTICE, Assignment, Slot, Study

TAKES_READERS = (Study.State.SEALED, Study.State.OPEN)


@transaction.atomic
def invite_reader(*, study: Study, by: User, note: str = "", group: str = "") -> tuple[Assignment, str]:
    """A place in the study and the secret of its link, which is returned here and never again."""
    locked = takes_readers(study)
    invitation, token = invite(role=Role.READER, by=by, note=note)
    number = next_number(locked)
    return Assignment.objects.create(study=locked, number=number, invitation=invitation, group=group), token


@transaction.atomic
def renew_link(*, assignment: Assignment, by: User) -> tuple[Assignment, str]:
    """The same place with another link, for one that was lost or has expired; the old one no longer works."""
    study = takes_readers(assignment.study)
    place = study.assignments.select_for_update(of=("self",)).get(pk=assignment.pk)
    if place.reader_id is not None:
        raise StudyError("This reader has joined and needs no link; they sign in.")
    withdraw_links(study, number=place.number)
    note = place.invitation.note if place.invitation else ""
    place.invitation, token = invite(role=Role.READER, by=by, note=note)
    place.save(update_fields=["invitation"])
    return place, token


def takes_readers(study: Study) -> Study:
    """The study, locked, or why nobody can join it."""
    locked = Study.objects.select_for_update().get(pk=study.pk)
    if locked.state == Study.State.DRAFT:
        raise StudyError("Seal the study first: a reader's order is drawn from the sealed protocol.")
    if locked.state not in TAKES_READERS:
        raise StudyError("This study has closed and takes no more readers.")
    return locked


def next_number(study: Study) -> int:
    """The next reader's number; a number is never given twice, so a revoked link leaves a gap."""
    highest: int | None = study.assignments.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


@transaction.atomic
def revoke_place(*, assignment: Assignment, by: User) -> None:
    """Take an unused link back."""
    if assignment.reader_id is not None:
        raise StudyError("This reader has joined; their readings stay. Close the study to end reading.")
    if withdraw_links(assignment.study, number=assignment.number):
        record_event(verb="took a reader's link back", by=by, target=assignment.study, reader_number=assignment.number)


def withdraw_links(study: Study, **which: int) -> int:
    """Take back waiting links, all or those of `which` places; how many. Whoever made them, the study is theirs."""
    places = study.assignments.filter(reader=None, **which).values("invitation")
    return Invitation.objects.usable().filter(pk__in=places).update(revoked_at=timezone.now())


def why_not_a_reader(study: Study, user: User) -> str:
    """Whoever made the study or its images, or can unblind it, cannot read it; empty where all is well."""
    if user.is_admin:
        return "You are an admin, who could unblind this study. Ask for a reader's account of its own."
    research_side = study.insiders.filter(pk=user.pk).exists() or study.researchers.filter(pk=user.pk).exists()
    if research_side or study.created_by_id == user.pk:
        return "You are or were on this study's research side, so you cannot read it."
    if knows_images_of(study, user):
        return "You imported, generated or sorted images of this study, so you cannot read it."
    if Study.objects.filter(insiders=user, cases__image__cases__study=study).exists():
        return "You are or were on the research side of another study of the same images, so you cannot read this one."
    if was_told_of_images_of(study, user):
        return "The practice of another study told you what an image of this one is, so you cannot read it."
    if Assignment.objects.filter(study=study, reader=user).exists():
        return "You read this study already; it is on your start page."
    return ""


def knows_images_of(study: Study, user: User) -> bool:
    """Whether somebody made or filled a data set of the study, asked for one of its images, or sorted one."""
    datasets = Dataset.objects.filter(images__cases__study=study)
    return (
        datasets.filter(created_by=user).exists()
        or ImportRun.objects.filter(dataset__in=datasets, created_by=user).exists()
        or Provenance.objects.filter(image__cases__study=study, asked_by=user).exists()
        or Image.objects.filter(cases__study=study, triaged_by=user).exists()
    )


def was_told_of_images_of(study: Study, user: User) -> bool:
    """Whether practice elsewhere has told somebody the truth of an image that is no practice here."""
    practised = Slot.objects.filter(assignment__reader=user, session=PRACTICE, readings__isnull=False)
    told = practised.exclude(trial__feedback="")
    return study.cases.filter(trial__practice=False, image__cases__trial__in=told.values("trial")).exists()


@transaction.atomic
def join(*, assignment: Assignment, user: User) -> Assignment:
    """Give a place to its reader and store their order."""
    study = takes_readers(assignment.study)
    reason = why_not_a_reader(study, user)
    if reason:
        raise StudyError(reason)
    assignment.reader, assignment.joined_at = user, timezone.now()
    assignment.block = block_of(study, assignment.number)
    assignment.answer_order = answers_of(study, assignment.number)
    assignment.save(update_fields=["reader", "joined_at", "block", "answer_order"])
    store_order(assignment)
    record_event(verb="joined a study", by=user, target=study, reader_number=assignment.number)
    return assignment


def join_by_invitation(sender: object, *, invitation: Invitation, user: User, **_: Any) -> None:  # noqa: ARG001
    """Hears that an invitation was accepted; a refusal here refuses the acceptance."""
    assignment = Assignment.objects.filter(invitation=invitation).select_related("study").first()
    if assignment is None:
        return
    try:
        join(assignment=assignment, user=user)
    except StudyError as error:
        raise InvitationError(str(error)) from error
