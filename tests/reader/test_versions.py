"""Copies and amendments: the same images and settings, fresh orders, and what was sealed stays as it was."""

import pytest

from lungstudy.library.models import Image
from reader.actions.drafts import edit_study
from reader.actions.errors import StudyError
from reader.actions.joining import invite_reader, why_not_a_reader
from reader.actions.lifecycle import close_study, open_study, unblind_study
from reader.actions.research_side import add_researcher
from reader.actions.sealing import ask_to_seal
from reader.actions.versions import amend_study, copy_study
from reader.models import PRACTICE, Study
from tests.factories import CaseFactory, ImageFactory, ReadingFactory, ResearcherFactory, SlotFactory
from tests.reader.builder import drawn_draft, run_sealing, sealed_study

pytestmark = pytest.mark.django_db


def seal(study):
    return run_sealing(ask_to_seal(study=study, by=study.created_by)).study


def images(study):
    return list(study.cases.order_by("number").values_list("number", "image", "trial__number", "place"))


def test_a_copy_has_the_same_images_masks_and_settings_and_another_order():
    study = sealed_study(question="Which?", sessions=2, washout_days=3)
    study.cases.filter(number=2).update(marker_masks=[[0.1, 0.1, 0.2, 0.2]])
    copy = seal(copy_study(study=study, by=study.created_by))

    assert images(copy) == images(study)
    assert copy.cases.get(number=2).marker_masks == [[0.1, 0.1, 0.2, 0.2]]
    assert (copy.question, copy.sessions, copy.washout_days) == ("Which?", 2, 3)
    assert copy.order_seed != study.order_seed
    assert copy.protocol_sha256 != study.protocol_sha256


def test_a_copy_can_be_changed_without_touching_what_it_was_copied_from():
    study = sealed_study()
    before = images(study)
    copy = copy_study(study=study, by=study.created_by)
    edit_study(study=copy, seed=copy.seed + 1)
    study.refresh_from_db()

    assert not copy.cases.exists()
    assert images(study) == before
    assert study.state == Study.State.SEALED


def test_a_copy_is_not_drawn_where_the_library_has_excluded_an_image_since():
    study = drawn_draft()
    excluded = {"excluded_at": study.created_at, "triaged_at": study.created_at, "exclusion_reason": "lateral"}
    Image.objects.filter(cases=study.cases.first()).update(**excluded)

    assert not copy_study(study=study, by=study.created_by).cases.exists()


def test_whoever_knew_the_study_cannot_read_its_copy():
    study = sealed_study()
    insider = ResearcherFactory()
    study.researchers.add(insider)
    copy = copy_study(study=study, by=study.created_by)

    assert "research side" in why_not_a_reader(copy, insider)


def test_whoever_comes_to_know_another_study_of_the_same_images_cannot_read_this_one():
    study = sealed_study()
    copy = copy_study(study=study, by=study.created_by)
    late, stranger = ResearcherFactory(), ResearcherFactory()
    add_researcher(study=study, user=late, by=study.created_by)

    assert "another study" in why_not_a_reader(copy, late)
    assert why_not_a_reader(copy, stranger) == ""


@pytest.mark.parametrize(
    ("feedback", "practised", "is_refused"), [("real", True, True), ("", True, False), ("real", False, False)]
)
def test_whoever_was_told_in_practice_what_an_image_is_cannot_read_it_in_another_study(feedback, practised, is_refused):
    image = ImageFactory()
    told = SlotFactory(session=PRACTICE, case=CaseFactory(image=image, trial__practice=True, trial__feedback=feedback))
    if practised:
        ReadingFactory(slot=told)
    study = CaseFactory(image=image).study

    assert ("practice of another study" in why_not_a_reader(study, told.assignment.reader)) == is_refused


def test_the_same_practice_twice_keeps_nobody_out():
    image = ImageFactory()
    told = SlotFactory(session=PRACTICE, case=CaseFactory(image=image, trial__practice=True, trial__feedback="real"))
    ReadingFactory(slot=told)
    study = CaseFactory(image=image, trial__practice=True).study

    assert why_not_a_reader(study, told.assignment.reader) == ""


def test_an_amendment_is_the_next_version_and_says_what_changed_and_why():
    study = sealed_study(question="Is it real?")
    amendment = amend_study(study=study, by=study.created_by, reason="The question was unclear.")
    edit_study(study=amendment, question="Is this film real?")
    protocol = seal(amendment).protocol

    assert (protocol["version"], protocol["amends"]) == (2, study.protocol_sha256)
    assert protocol["amendment_reason"] == "The question was unclear."
    assert ["asked.question", "Is it real?", "Is this film real?"] in protocol["changes"]
    study.refresh_from_db()
    assert study.question == "Is it real?"


def test_opening_the_amendment_closes_the_version_before():
    study = sealed_study()
    open_study(study=study, by=None)
    amendment = seal(amend_study(study=study, by=study.created_by, reason="Why"))
    open_study(study=amendment, by=None)
    study.refresh_from_db()

    assert study.state == Study.State.CLOSED


def test_a_version_that_was_amended_is_not_opened_after_its_amendment():
    study = sealed_study()
    open_study(study=seal(amend_study(study=study, by=study.created_by, reason="Why")), by=None)

    with pytest.raises(StudyError, match="Version 2"):
        open_study(study=study, by=None)


@pytest.mark.parametrize(
    ("reached", "sentence"), [("draft", "still a draft"), ("unblinded", "Copy it instead"), ("amended", "Version 2")]
)
def test_what_cannot_be_amended_says_what_to_do(reached, sentence):
    study = drawn_draft() if reached == "draft" else sealed_study()
    if reached == "unblinded":
        for step in (open_study, close_study, unblind_study):
            step(study=study, by=None)
    if reached == "amended":
        amend_study(study=study, by=study.created_by, reason="Why")

    with pytest.raises(StudyError, match=sentence):
        amend_study(study=study, by=study.created_by, reason="Why")


def test_readers_of_the_first_version_are_not_readers_of_the_second():
    study = sealed_study()
    invite_reader(study=study, by=study.created_by)
    amendment = amend_study(study=study, by=study.created_by, reason="Why")

    assert not amendment.assignments.exists()
