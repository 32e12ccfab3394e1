"""What is refused of a study that is drawn: labels and patient keys changed afterwards, numbers edited since."""

import pytest

from lungstudy.library.models import Image
from reader.actions.drafts import add_pool, edit_study
from reader.actions.drawing import draw_cases
from reader.actions.errors import StudyError
from reader.actions.protocol_checks import problems_of
from reader.actions.sealing import ask_to_seal
from reader.actions.sealing_checks import WORTH_A_THOUGHT, refusals
from tests.factories import DatasetFactory, ImageFactory
from tests.reader.builder import draft_with_pools, drawn_draft, run_sealing

pytestmark = pytest.mark.django_db


def with_practice(n=2, **fields):
    """A drawn study with practice pools from the same data sets."""
    study = draft_with_pools(n_real=9, n_fake=9, per_pool=4, **fields)
    for pool in list(study.pools.all()):
        add_pool(study=study, dataset=pool.dataset, count=n, practice=True)
    draw_cases(study=study)
    return study


def real_image(study, *, practice):
    return study.cases.filter(trial__practice=practice, pool__origin="real").first().image


def refused(study):
    """What the seal says, which is what the page says."""
    sentences = [problem.sentence for problem in problems_of(study)]
    with pytest.raises(StudyError) as error:
        ask_to_seal(study=study, by=None)
    assert str(error.value) == " ".join(sentences)
    return sentences


def test_a_patient_who_is_in_both_practice_and_study_since_the_draw_is_refused():
    study = with_practice()
    assert problems_of(study) == []
    key = real_image(study, practice=False).patient_key
    Image.objects.filter(pk=real_image(study, practice=True).pk).update(patient_key=key)

    [sentence] = refused(study)
    assert sentence.startswith("1 patient of practice is also in the study, since patient keys were changed")


def test_two_images_of_one_patient_since_the_draw_are_refused_unless_they_were_asked_for():
    study = drawn_draft()
    Image.objects.filter(dataset__origin="real").update(patient_key="P1")

    assert refused(study)[0].startswith("1 patient has more than one drawn image")
    study.one_per_patient = False
    study.save()
    assert problems_of(study) == []


def test_an_image_whose_label_left_its_pool_since_the_draw_is_refused():
    study = draft_with_pools()
    dataset = DatasetFactory()
    ImageFactory.create_batch(2, dataset=dataset, finding="nodule")
    add_pool(study=study, dataset=dataset, finding="nodule", count=2)
    draw_cases(study=study)
    Image.objects.filter(finding="nodule").update(finding="normal")

    assert refused(study) == [
        "2 drawn images no longer fit their pools, since labels were changed after the draw. Draw the images again."
    ]


def test_a_pair_whose_findings_differ_since_the_draw_is_refused():
    study = drawn_draft(design="pair", match_finding=True)
    study.cases.first().image.__class__.objects.filter(cases=study.cases.first()).update(finding="nodule")

    assert refused(study)[0].startswith("1 trial shows images of different findings")


def test_numbers_that_were_edited_after_the_draw_are_held_against_it():
    study = drawn_draft()

    assert edit_study(study=study, repeats=7, repeat_distance=2) == ""
    study.refresh_from_db()
    assert refused(study)[0].startswith("7 hidden repeats cannot be chosen among the 6 trials of the study.")


def test_a_protocol_that_cannot_be_read_is_not_drawn():
    study = draft_with_pools(exposure_ms=3, repeats=9)

    with pytest.raises(StudyError, match=r"one frame .* 9 hidden repeats"):
        draw_cases(study=study)
    assert not study.cases.exists()


def test_an_excluded_image_is_said_once():
    study = drawn_draft()
    Image.objects.filter(pk=study.cases.first().image_id).update(excluded_at="2026-01-01T00:00Z", exclusion_reason="x")

    assert problems_of(study) == []


@pytest.mark.parametrize(
    ("removed", "sentence"),
    [(None, None), ("synthetic", "shows no synthetic image"), ("both", "no pool is for practice")],
)
def test_practice_that_would_teach_one_answer_gives_pause(removed, sentence):
    study = with_practice(practice_feedback=True)
    gone = study.pools.filter(practice=True)
    if removed:
        (gone if removed == "both" else gone.filter(origin=removed)).delete()
    said = [one for one in refusals(study, WORTH_A_THOUGHT) if "burnt-in" not in one]

    assert [sentence in one for one in said] == ([True] if sentence else [])


def test_the_right_answers_of_practice_are_stored_at_the_seal_and_only_where_they_are_told():
    told = run_sealing(ask_to_seal(study=with_practice(practice_feedback=True), by=None)).study
    silent = run_sealing(ask_to_seal(study=with_practice(), by=None)).study
    answers = {"real": "real", "synthetic": "fake"}

    for trial in told.trials.filter(practice=True):
        assert trial.feedback == answers[trial.cases.get().pool.origin]
    assert set(told.trials.filter(practice=False).values_list("feedback", flat=True)) == {""}
    assert set(silent.trials.values_list("feedback", flat=True)) == {""}


@pytest.mark.parametrize(("target", "origin"), [("real", "real"), ("fake", "synthetic")])
def test_practice_pairs_tell_the_place_of_the_one_to_be_found(target, origin):
    study = with_practice(practice_feedback=True, design="pair", target=target)
    sealed = run_sealing(ask_to_seal(study=study, by=None)).study

    for trial in sealed.trials.filter(practice=True):
        assert trial.cases.get(place=int(trial.feedback)).pool.origin == origin
