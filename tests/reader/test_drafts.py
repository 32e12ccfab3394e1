"""Drafts: an edit never leaves a draw, a mask or a file behind that no longer fits it."""

import pytest
from django.core.files.storage import default_storage

from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, Image
from reader.actions.drafts import add_pool, edit_study, mark_looked_at, mask_everywhere, mask_markers, remove_pool
from reader.actions.drawing import draw_cases
from reader.actions.errors import StudyError
from reader.actions.picking import pick_for, pick_with
from reader.actions.sealing import ask_to_seal, render_missing
from reader.models import Pool, Presentation, Sealing
from tests.factories import ImageFactory, PoolFactory
from tests.reader.builder import draft_with_pools, drawn_draft

pytestmark = pytest.mark.django_db
BOX = [0.1, 0.1, 0.3, 0.2]


def masked_draft():
    study = drawn_draft()
    mask_markers(study=study, number=1, boxes=[BOX])
    mask_everywhere(study=study, boxes=[BOX])
    study.refresh_from_db()
    return study


def test_another_seed_drops_what_the_old_one_drew_and_says_so():
    study = drawn_draft()

    assert "Draw again" in edit_study(study=study, seed=study.seed + 1)
    assert not study.cases.exists()


def test_the_same_seed_again_drops_nothing():
    study = masked_draft()

    assert edit_study(study=study, seed=study.seed, title="Another name", grey="standardise", image_size=256) == ""
    assert study.cases.count() == 6
    assert study.cases.exclude(marker_masks=[]).count() == 1


@pytest.mark.parametrize("change", [{"border_crop_percent": 9}, {"fit": "pad"}])
def test_masks_are_removed_where_a_crop_would_have_moved_the_film_under_them(change):
    study = masked_draft()

    assert "Draw them again" in edit_study(study=study, **change)
    study.refresh_from_db()
    assert study.fixed_masks == []
    assert not study.cases.exclude(marker_masks=[]).exists()
    assert not study.cases.exclude(markers_checked_at=None).exists()


def _draw_again(study):
    draw_cases(study=study)


def _add_pool(study):
    add_pool(study=study, dataset=Dataset.objects.first(), finding="none", view="", count=1)


def _remove_pool(study):
    remove_pool(study=study, pool_id=study.pools.first().pk)


def _new_seed(study):
    edit_study(study=study, seed=99)


@pytest.mark.parametrize("change", [_draw_again, _add_pool, _remove_pool, _new_seed])
def test_files_of_a_failed_sealing_go_with_the_draw(django_capture_on_commit_callbacks, change):
    study = drawn_draft()
    sealing = Sealing.objects.claim(ask_to_seal(study=study, by=None).pk)
    render_missing(sealing)
    sealing.release(state=JobState.FAILED, reason="for the test")
    files = [one.file.name for one in Presentation.objects.all()]
    with django_capture_on_commit_callbacks(execute=True):
        change(study)

    assert len(files) == 6
    assert not any(default_storage.exists(name) for name in files)
    assert not Presentation.objects.exists()


def test_a_mask_counts_as_having_looked_and_looking_again_changes_nothing():
    study = drawn_draft()
    mask_markers(study=study, number=2, boxes=[BOX])
    seen = study.cases.get(number=2).markers_checked_at

    assert mark_looked_at(study=study, numbers=[1, 2, 3]) == 2
    assert study.cases.get(number=2).markers_checked_at == seen
    assert study.cases.filter(markers_checked_at=None).count() == 3


def test_availability_counts_patients_and_leaves_out_those_of_earlier_pools():
    study = draft_with_pools(n_real=6, per_pool=2)
    first = study.pools.first()
    ImageFactory(dataset=first.dataset, patient_key="P-twice")
    ImageFactory(dataset=first.dataset, patient_key="P-twice")
    there, _ = pick_for(study, study.pools.all())
    another = pick_with(study, Pool(study=study, origin=first.origin, dataset=first.dataset, count=1))

    assert (there.images, there.patients, there.drawable) == (8, 7, 7)
    assert (another.images, another.patients, another.drawable) == (8, 7, 5)


def test_what_is_said_to_be_drawable_can_be_drawn_and_one_more_cannot():
    study = draft_with_pools(n_real=9, per_pool=3)
    Image.objects.update(view="PA")
    second = PoolFactory(study=study, dataset=study.pools.first().dataset, view="PA", count=1)
    drawable = pick_for(study, study.pools.all())[-1].drawable
    Pool.objects.filter(pk=second.pk).update(count=drawable)

    assert len(draw_cases(study=study)) == 6 + drawable
    Pool.objects.filter(pk=second.pk).update(count=drawable + 1)
    with pytest.raises(StudyError, match=f"Ask for {drawable} or fewer"):
        draw_cases(study=study)
