"""What goes wrong while a study is sealed: stopped, overtaken, cut short, or without its films."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from lungstudy.jobs.models import JobState, LeaseLostError
from lungstudy.library.models import Image, Origin
from reader.actions.drafts import edit_study, mark_looked_at, mask_markers
from reader.actions.errors import StudyError
from reader.actions.lifecycle import delete_study
from reader.actions.presentations import store_presentation
from reader.actions.sealing import ask_to_seal, render_and_seal, render_missing, seal, stop_sealing
from reader.actions.sealing_checks import WORTH_A_THOUGHT, refusals
from reader.models import Presentation, Sealing, Study
from tests.reader.builder import drawn_draft, run_sealing

pytestmark = pytest.mark.django_db


def claimed_sealing(study=None):
    return Sealing.objects.claim(ask_to_seal(study=study or drawn_draft(), by=None).pk)


def test_a_sealing_that_waits_is_stopped_at_once_and_the_draft_can_be_edited():
    study = drawn_draft()
    sealing = ask_to_seal(study=study, by=None)
    stop_sealing(study=study, by=study.created_by)

    assert run_sealing(sealing).state == JobState.CANCELLED
    edit_study(study=study, question="Which?")


def test_a_sealing_that_runs_is_stopped_before_the_next_image():
    sealing = claimed_sealing()
    stop_sealing(study=sealing.study, by=None)
    render_and_seal(sealing=sealing)

    sealing.refresh_from_db()
    assert sealing.state == JobState.CANCELLED
    assert not Presentation.objects.exists()
    assert Study.objects.get().state == Study.State.DRAFT


def test_a_sealing_whose_worker_died_can_be_stopped_and_the_study_deleted():
    sealing = claimed_sealing()
    Sealing.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    stop_sealing(study=sealing.study, by=None)

    assert Sealing.objects.get().state == JobState.CANCELLED
    delete_study(study=sealing.study, by=None, why="for the test")


def test_stopping_nothing_says_so():
    with pytest.raises(StudyError, match="Nothing is being sealed"):
        stop_sealing(study=drawn_draft(), by=None)


def test_a_study_is_not_deleted_under_a_running_sealing():
    sealing = claimed_sealing()

    with pytest.raises(StudyError, match="Stop the sealing"):
        delete_study(study=sealing.study, by=None, why="for the test")


def test_two_workers_on_one_picture_leave_one_file():
    sealing = claimed_sealing()
    case = sealing.study.cases.select_related("image", "study").first()
    first = store_presentation(case)
    late = sealing.study.cases.select_related("image", "study").get(pk=case.pk)
    folder = first.file.name.rsplit("/", 1)[0]

    assert store_presentation(late) == first
    assert len(default_storage.listdir(folder)[1]) == 1


def test_a_worker_that_lost_its_lease_seals_nothing():
    dead = claimed_sealing()
    render_missing(dead)
    Sealing.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    heir = Sealing.objects.claim(dead.pk)
    with pytest.raises(LeaseLostError):
        seal(dead)
    assert Study.objects.get().state == Study.State.DRAFT

    render_and_seal(sealing=heir)
    assert Study.objects.get().state == Study.State.SEALED
    assert Sealing.objects.get().state == JobState.DONE


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda name: default_storage.delete(name), "missing from the store. Bring it back"),
        (lambda name: rewrite(name, b"no picture"), "could not be rendered"),
    ],
)
def test_a_film_that_cannot_be_read_fails_the_sealing_with_what_to_do(spoil, sentence):
    sealing = claimed_sealing()
    spoil(Image.objects.filter(cases__study=sealing.study).last().file.name)
    render_and_seal(sealing=sealing)

    assert sealing.state == JobState.FAILED
    assert sentence in sealing.reason
    assert str(default_storage.path("")) not in sealing.reason
    assert Study.objects.get().state == Study.State.DRAFT


def rewrite(name, data):
    default_storage.delete(name)
    assert default_storage.save(name, ContentFile(data)) == name


def test_a_presentation_that_did_not_reach_the_store_whole_refuses_the_seal():
    sealing = claimed_sealing()
    render_missing(sealing)
    presentation = Presentation.objects.first()
    data = presentation.file.read()
    rewrite(presentation.file.name, data[:-100])

    with pytest.raises(StudyError, match="did not reach the store whole"):
        seal(sealing)
    assert Study.objects.get().state == Study.State.DRAFT


def test_masks_on_one_arm_alone_are_said_to_be_a_cue():
    study = drawn_draft()
    mark_looked_at(study=study, numbers=list(range(1, 7)))
    assert refusals(study, WORTH_A_THOUGHT) == []
    for case in study.cases.filter(image__dataset__origin=Origin.REAL):
        mask_markers(study=study, number=case.number, boxes=[[0, 0, 0.1, 0.1]])

    assert "3 of 3 real and 0 of 3 synthetic" in refusals(study, WORTH_A_THOUGHT)[0]
    for case in study.cases.filter(image__dataset__origin=Origin.SYNTHETIC):
        mask_markers(study=study, number=case.number, boxes=[[0, 0, 0.1, 0.1]])
    assert refusals(study, WORTH_A_THOUGHT) == []


def test_images_that_nobody_looked_at_are_counted():
    study = drawn_draft()
    mark_looked_at(study=study, numbers=[1, 2])

    assert refusals(study, WORTH_A_THOUGHT) == ["Nobody has looked at 4 of 6 images for burnt-in letters."]
