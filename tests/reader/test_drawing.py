"""Drawing cases: the same seed the same draw, never two films of one patient, refusals that name the number."""

import pytest
from django.utils import timezone

from lungstudy.library.models import Image
from reader.actions.drafts import mask_markers
from reader.actions.drawing import draw_cases
from reader.actions.errors import StudyError
from reader.models import Case, Pool, Study
from tests.factories import ImageFactory, StudyFactory
from tests.reader.builder import draft_with_pools

pytestmark = pytest.mark.django_db


def drawn(study):
    draw_cases(study=study)
    return list(study.cases.order_by("number").values_list("image", flat=True))


def test_the_same_seed_draws_the_same_cases_in_the_same_order():
    study = draft_with_pools(n_real=20, n_fake=20, per_pool=6)

    assert drawn(study) == drawn(study)


def test_another_seed_draws_others():
    study = draft_with_pools(n_real=20, n_fake=20, per_pool=6)
    first = drawn(study)
    Study.objects.update(seed=8)
    study.refresh_from_db()

    assert drawn(study) != first


def test_never_two_images_of_one_patient():
    study = draft_with_pools(n_real=6, per_pool=3)
    Image.objects.filter(dataset__origin="real").update(patient_key="P1")

    with pytest.raises(StudyError, match=r"Pool 1 .* asks for 3 images, but 1 can be drawn \(6 images fit of 1 "):
        draw_cases(study=study)


def test_images_without_a_patient_key_are_not_taken_for_one_patient():
    study = draft_with_pools(per_pool=4)
    Image.objects.update(patient_key="")

    assert len(drawn(study)) == 8


def test_the_same_pixels_are_never_drawn_twice():
    study = draft_with_pools(n_real=4, per_pool=3)
    Image.objects.filter(dataset__origin="real").update(pixel_sha256="f" * 64)

    with pytest.raises(StudyError, match="but 1 can be drawn"):
        draw_cases(study=study)


def test_excluded_images_are_never_drawn():
    study = draft_with_pools(n_real=4, per_pool=4)
    Image.objects.filter(pk=Image.objects.first().pk).update(excluded_at=timezone.now(), exclusion_reason="lateral")

    with pytest.raises(StudyError, match="Ask for 3 or fewer"):
        draw_cases(study=study)
    assert not Case.objects.exists()


def test_a_pool_of_one_finding_draws_only_that():
    study = draft_with_pools(n_real=3)
    pool = study.pools.first()
    Pool.objects.filter(pk=pool.pk).update(finding="nodule", count=2)
    wanted = {image.pk for image in ImageFactory.create_batch(2, dataset=pool.dataset, finding="nodule")}
    draw_cases(study=study)

    assert set(study.cases.filter(pool=pool).values_list("image", flat=True)) == wanted


def test_case_numbers_tell_nothing_of_the_order_of_pools():
    study = draft_with_pools(n_real=30, n_fake=30, per_pool=30)
    draw_cases(study=study)
    origins = list(study.cases.order_by("number").values_list("image__dataset__origin", flat=True))

    assert 8 <= origins[:30].count("real") <= 22


def test_drawing_again_drops_the_old_masks():
    study = draft_with_pools()
    drawn(study)
    mask_markers(study=study, number=1, boxes=[[0, 0, 0.1, 0.1]])
    drawn(study)

    assert list(study.cases.exclude(marker_masks=[])) == []


def test_a_sealed_study_is_not_drawn_again():
    study = StudyFactory(state=Study.State.SEALED, sealed=True)

    with pytest.raises(StudyError, match="sealed"):
        draw_cases(study=study)
