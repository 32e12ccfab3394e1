"""Sealing: refusals, one pipeline, one length, a hash, and nothing that changes afterwards."""

import errno
import hashlib
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image as Pillow

from lungstudy.jobs.models import JobState
from lungstudy.library.models import Image, Origin
from reader.actions.drafts import add_pool, edit_study, mask_everywhere, mask_markers, remove_pool
from reader.actions.errors import StudyError
from reader.actions.presentations import store_presentation
from reader.actions.protocol import protocol_of, protocol_sha256
from reader.actions.sealing import ask_to_seal, render_missing
from reader.models import Presentation, Sealing, Study
from tests.factories import DatasetFactory, StudyFactory
from tests.reader.builder import draft_with_pools, drawn_draft, run_sealing, sealed_study

pytestmark = pytest.mark.django_db


def test_a_sealed_study_has_a_presentation_of_one_length_for_every_case():
    study = sealed_study()
    presentations = Presentation.objects.filter(case__study=study)

    assert study.state == Study.State.SEALED
    assert presentations.count() == study.cases.count() == 6
    assert len({len(one.file.read()) for one in presentations}) == 1


def test_the_protocols_hash_is_that_of_what_was_sealed():
    study = sealed_study()

    assert study.protocol_sha256 == protocol_sha256(protocol_of(study)) == protocol_sha256(study.protocol)
    assert [case["number"] for case in study.protocol["cases"]] == [1, 2, 3, 4, 5, 6]


def test_the_hash_does_not_depend_on_the_order_in_which_a_database_keeps_keys():
    expected = hashlib.sha256('{"a":"é","b":[1,2]}'.encode()).hexdigest()

    assert protocol_sha256({"b": [1, 2], "a": "é"}) == protocol_sha256({"a": "é", "b": [1, 2]}) == expected


def test_the_protocol_does_not_say_which_case_is_real():
    study = sealed_study()
    before = protocol_sha256(protocol_of(study))
    Image.objects.first().dataset.__class__.objects.update(origin=Origin.SYNTHETIC)

    assert protocol_sha256(protocol_of(study)) == before


def test_masked_boxes_are_masked_in_what_readers_get():
    study = drawn_draft()
    mask_markers(study=study, number=1, boxes=[[0.0, 0.0, 0.5, 0.5]])
    mask_everywhere(study=study, boxes=[[0.5, 0.5, 1.0, 1.0]])
    sealed = run_sealing(ask_to_seal(study=study, by=None)).study
    pictures = {
        one.case.number: np.asarray(Pillow.open(one.file)) for one in Presentation.objects.select_related("case")
    }
    half = sealed.image_size // 2

    assert np.ptp(pictures[1][:half, :half]) == 0
    assert np.ptp(pictures[2][:half, :half]) > 0
    assert all(np.ptp(picture[half:, half:]) == 0 for picture in pictures.values())


@pytest.mark.parametrize("make", [StudyFactory, draft_with_pools])
def test_a_study_without_drawn_images_is_refused_with_what_to_do(make):
    with pytest.raises(StudyError, match="No images are drawn yet"):
        ask_to_seal(study=make(), by=None)
    assert not Sealing.objects.exists()


def test_a_study_of_one_origin_is_refused():
    study = drawn_draft()
    study.pools.filter(dataset__origin=Origin.SYNTHETIC).delete()

    with pytest.raises(StudyError, match="holds no synthetic image"):
        ask_to_seal(study=study, by=None)


def test_an_image_excluded_after_the_draw_is_refused():
    study = drawn_draft()
    image = study.cases.first().image
    Image.objects.filter(pk=image.pk).update(excluded_at=timezone.now(), exclusion_reason="lateral view")

    with pytest.raises(StudyError, match="1 of the drawn images have been excluded"):
        ask_to_seal(study=study, by=None)


def test_a_sealing_whose_worker_died_is_finished_by_another(settings):
    sealing = ask_to_seal(study=drawn_draft(), by=None)
    first = Sealing.objects.claim(sealing.pk)
    store_presentation(first.study.cases.select_related("image", "study").first())
    assert Sealing.objects.claim(sealing.pk) is None  # the lease still runs
    Sealing.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_sealing(sealing)

    assert sealing.state == JobState.DONE
    assert Presentation.objects.count() == 6
    assert not first.release(state=JobState.FAILED)  # the dead worker, should it come back, changes nothing


def test_a_full_disk_leaves_a_draft_and_says_so(monkeypatch):
    study = drawn_draft()
    sealing = ask_to_seal(study=study, by=None)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(default_storage._wrapped), "_save", full)
    run_sealing(sealing)
    monkeypatch.undo()

    assert sealing.state == JobState.FAILED
    assert "disk is full" in sealing.reason
    assert sealing.study.state == Study.State.DRAFT
    assert run_sealing(ask_to_seal(study=study, by=None)).state == JobState.DONE


def test_two_clicks_start_one_sealing():
    study = drawn_draft()
    ask_to_seal(study=study, by=None)

    with pytest.raises(StudyError, match="being sealed"):
        ask_to_seal(study=study, by=None)
    assert Sealing.objects.count() == 1


def test_a_draft_that_was_edited_after_a_failed_sealing_is_rendered_anew():
    study = drawn_draft()
    sealing = Sealing.objects.claim(ask_to_seal(study=study, by=None).pk)
    render_missing(sealing)
    sealing.release(state=JobState.FAILED, reason="for the test")
    edit_study(study=study, image_size=256)
    run_sealing(ask_to_seal(study=study, by=None))

    assert {Pillow.open(one.file).size for one in Presentation.objects.all()} == {(256, 256)}


def test_nothing_of_a_sealed_study_can_be_edited():
    study = sealed_study()
    dataset = DatasetFactory()
    edits = [
        lambda: edit_study(study=study, question="Which?"),
        lambda: add_pool(study=study, dataset=dataset, finding="", view="", count=1),
        lambda: remove_pool(study=study, pool_id=study.pools.first().pk),
        lambda: mask_markers(study=study, number=1, boxes=[]),
        lambda: mask_everywhere(study=study, boxes=[]),
        lambda: ask_to_seal(study=study, by=None),
    ]

    for edit in edits:
        with pytest.raises(StudyError, match="sealed"):
            edit()
    assert protocol_sha256(protocol_of(study)) == study.protocol_sha256


@pytest.mark.parametrize("boxes", [None, "x", [[0, 0, 2, 1]], [[0.5, 0, 0.1, 1]], [[0, 0, 1]], [[0, 0, "1", 1]]])
def test_boxes_that_are_none_are_refused(boxes):
    with pytest.raises(StudyError, match="draw them again"):
        mask_everywhere(study=drawn_draft(), boxes=boxes)
