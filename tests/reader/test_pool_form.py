"""Pools on the page: what can be chosen, how many can be drawn, and what a stratum that cannot be is told."""

import pytest
from django.urls import reverse

from lungstudy.library.models import Image, Origin, Provenance
from reader.models import Pool
from tests.factories import DatasetFactory, ImageFactory, StudyFactory
from tests.reader.builder import draft_with_pools

pytestmark = pytest.mark.django_db


@pytest.fixture
def generated():
    """Five images of one model, in a data set, without patients."""
    dataset = DatasetFactory(origin=Origin.SYNTHETIC)
    for image in ImageFactory.create_batch(5, dataset=dataset, patient_key=""):
        Provenance.objects.create(image=image, generator="RoentGen", prompt="a nodule")
    return dataset


@pytest.fixture
def ask(client):
    """What is said of the pool that is being typed."""

    def asking(study, **typed):
        client.force_login(study.created_by)
        return client.get(reverse("reader:availability", args=[study.token]), typed).text

    return asking


@pytest.fixture
def add(client):
    """Adds a pool on the page."""

    def adding(study, **typed):
        client.force_login(study.created_by)
        return client.post(reverse("reader:pool_add", args=[study.token]), {"count": 2, **typed})

    return adding


def test_synthetic_images_have_no_patients_and_none_are_spoken_of(ask, generated):
    said = ask(StudyFactory(), dataset=generated.pk, count=5)

    assert "<strong>5</strong> can be drawn: 5 images fit." in said
    assert "patient" not in said


def test_real_images_without_a_patient_key_are_said_to_count_one_by_one(ask):
    dataset = DatasetFactory()
    ImageFactory.create_batch(2, dataset=dataset, patient_key="P1")
    ImageFactory(dataset=dataset, patient_key="")

    assert "3 images fit, of 1 patient; 1 without a patient key counts as a patient each" in ask(
        StudyFactory(), dataset=dataset.pk
    )


def test_models_and_prompts_of_the_library_are_offered(ask, generated):
    said = ask(StudyFactory(), dataset="any-synthetic")

    assert '<datalist id="generators"><option value="RoentGen">' in said
    assert '<datalist id="prompts"><option value="a nodule">' in said
    assert "<strong>0</strong> can be drawn" in ask(StudyFactory(), dataset="any-synthetic", generator="Another")


def test_what_the_study_would_become_with_the_pool_is_said_while_it_is_typed(ask, generated):
    study = draft_with_pools(n_real=4, n_fake=4, per_pool=4, repeats=2, repeat_distance=3)

    assert "With 5 of them: 13 trials, 15 answers of each reader, about 3 min at 12 s each." in ask(
        study, dataset=generated.pk, count=5
    )
    assert "With 5 of them for practice: 5 practice trials." in ask(study, dataset=generated.pk, count=5, practice="on")
    assert "Ask for 5 or fewer." in ask(study, dataset=generated.pk, count=6)


@pytest.mark.parametrize("typed", [{}, {"dataset": ""}, {"dataset": "any-"}, {"dataset": "999999"}, {"dataset": "x"}])
def test_images_from_nowhere_are_not_counted(ask, typed):
    assert ask(StudyFactory(), **typed).startswith("Choose where images come from")


def test_a_pool_of_any_data_set_a_model_and_a_prompt_is_stored_as_its_stratum(add, generated):
    study = StudyFactory()
    add(study, dataset="any-synthetic", generator="RoentGen", prompt="a nodule", practice="on")
    pool = Pool.objects.get()

    assert (pool.origin, pool.dataset, pool.generator, pool.prompt, pool.practice, pool.count) == (
        "synthetic", None, "RoentGen", "a nodule", True, 2,
    )  # fmt: skip


def test_a_data_set_brings_its_origin(add, generated):
    add(StudyFactory(), dataset=generated.pk)

    assert Pool.objects.get().origin == "synthetic"


def test_real_images_of_a_model_are_refused_and_the_fold_is_open(add):
    page = add(StudyFactory(), dataset="any-real", generator="RoentGen")

    assert page.status_code == 400
    assert "Real images have none. Empty it, or choose synthetic images." in page.text
    assert page.context["pool_form"].is_narrowed
    assert not Pool.objects.exists()


@pytest.mark.parametrize("count", ["0", "-1", "", "many", "5001"])
def test_a_count_that_is_none_is_refused(add, generated, count):
    page = add(StudyFactory(), dataset=generated.pk, count=count)

    assert "count" in page.context["pool_form"].errors
    assert not Pool.objects.exists()


def test_pools_are_listed_with_what_they_can_draw_and_those_that_fall_short_stand_out(client, generated):
    study = draft_with_pools(n_real=2, per_pool=3)
    client.force_login(study.created_by)
    page = client.get(reverse("reader:study", args=[study.token]))

    assert [(pick.images, pick.drawable, pick.is_short) for _, pick in page.context["pools"]] == [
        (2, 2, True), (4, 4, False),
    ]  # fmt: skip
    assert "Ask for 2 or fewer" in page.text
    assert "Draw the images</button>" not in page.text


def test_excluding_an_image_lowers_what_can_be_drawn(ask, generated):
    Image.objects.filter(pk=generated.images.first().pk).update(
        excluded_at="2026-01-01T00:00Z", exclusion_reason="lateral"
    )

    assert "<strong>4</strong> can be drawn" in ask(StudyFactory(), dataset=generated.pk)
