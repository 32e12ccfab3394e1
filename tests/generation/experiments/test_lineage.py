"""No synthetic image that was made of a test film is learned from, whichever way it leads back to that film."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.actions.experiment_orders import ExperimentError
from generation.actions.experiment_planning import plan_of
from generation.experiments.grid import Arm
from generation.experiments.splitting import families
from generation.models import ExperimentImage, GivenPicture
from lungstudy.library.models import Image, Origin
from tests.factories import GeneratedImageFactory, ImageFactory
from tests.generation.experiments.scenes import drawn, order_for, queued, real

pytestmark = pytest.mark.django_db


@pytest.fixture
def films():
    """Films to learn from, films that all test, and five synthetic images of nobody yet."""
    return real(8, name="learn"), real(4, first_seed=50, prefix="T", name="test"), drawn(5, name="maps")


def asked(films, **changes):
    learn, test, maps = films
    return {"real": [learn, test], "test": [test], "synthetic": [maps], "arms": [Arm.REAL, Arm.BOTH], **changes}


def changed(image: Image, source: Image | None, sha256: str = "") -> None:
    """Say that an image was drawn from another, as a batch says it; without a source by the start's pixels alone."""
    start = {"image_sha256": sha256 or uuid4().hex * 2, "strength": 0.5, "mask_sha256": "", "feather": 0}
    if source:
        start["source"] = str(source.token)
    GeneratedImageFactory(image=image, job__batch__start=start)


def learned_from(films) -> set[Image]:
    return {one.image for one in plan_of(order_for(**asked(films))).drawn}


def test_those_with_the_key_of_a_patient_who_tests_or_chooses_the_epoch_are_left_out_and_counted(films):
    maps = films[2]
    purposes = {one.image.patient_key: to for one, to in plan_of(order_for(**asked(films))).placed}
    chooses, learns = (next(key for key, to in purposes.items() if to == want) for want in ("validate", "train"))
    tests, chooser, learner, *others = maps.images.all()
    for image, key in ((tests, "T0"), (chooser, chooses), (learner, learns)):
        Image.objects.filter(pk=image.pk).update(patient_key=key)
    experiment = queued(**asked(films))
    rows = ExperimentImage.objects.filter(image__dataset=maps)
    assert {row.image for row in rows.select_related("image")} == {learner, *others}
    assert "2 synthetic images show patients who test or choose the epoch" in " ".join(experiment.options["cautions"])


def test_those_changed_from_a_test_film_of_nobody_known_are_left_out(films):
    learn, test, maps = films
    Image.objects.filter(dataset__in=[learn, test, maps]).update(patient_key="")
    of_a_test_film, *others = maps.images.all()
    changed(of_a_test_film, test.images.first())
    assert learned_from(films) == set(others)


def test_those_changed_from_films_to_learn_from_stay(films):
    purposes = {one.image: to for one, to in plan_of(order_for(**asked(films))).placed}
    changed(films[2].images.first(), next(image for image, to in purposes.items() if to == "train"))
    assert learned_from(films) == set(films[2].images.all())


def test_the_way_back_may_lead_through_a_synthetic_image_of_another_set(films):
    _, test, maps = films
    Image.objects.filter(dataset=test).update(patient_key="")
    between = ImageFactory(dataset__origin=Origin.SYNTHETIC, patient_key="")
    changed(between, test.images.first())
    second, *others = maps.images.all()
    changed(second, between)
    assert learned_from(films) == set(others)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_start_that_came_as_a_file_leads_back_by_its_pixels(films, is_known):
    _, test, maps = films
    film = test.images.first()
    sha256 = "a" * 64 if is_known else film.pixel_sha256
    GivenPicture.objects.create(sha256=sha256, kind="image", source=film if is_known else None)
    of_a_file, *others = maps.images.all()
    changed(of_a_file, None, sha256)
    assert learned_from(films) == set(others)


def test_the_same_film_of_a_set_that_takes_no_part_leads_back_too(films):
    _, test, maps = films
    twin = ImageFactory(pixel_sha256=test.images.first().pixel_sha256, patient_key="another key")
    of_the_twin, *others = maps.images.all()
    Image.objects.filter(pk=of_the_twin.pk).update(patient_key=twin.patient_key)
    changed(of_the_twin, twin)
    assert learned_from(films) == set(others)


def test_an_arm_whose_images_are_all_made_of_test_films_is_refused(films):
    films[2].images.update(patient_key="T0")
    with pytest.raises(ExperimentError, match=r"Every synthetic image of the arm .* shows patients who"):
        plan_of(order_for(**asked(films)))


def test_so_many_synthetic_images_are_chosen_among_those_that_may_be_learned_from(films):
    films[2].images.filter(pk=films[2].images.first().pk).update(patient_key="T0")
    assert len(plan_of(order_for(**asked(films), most_synthetic=4)).drawn) == 4


def test_a_plain_experiment_and_one_with_many_changed_images_ask_as_few_questions(films):
    order = order_for(**asked(films))
    with CaptureQueriesContext(connection) as before:
        plan_of(order)
    for image in films[2].images.all():
        changed(image, films[0].images.first())
    with CaptureQueriesContext(connection) as after:
        plan_of(order)
    assert len(after) - len(before) <= 1


def test_families_share_a_name_or_are_linked_by_others():
    assert families([["a"], ["b"], ["a", "c"], ["c", "b"], ["d"], []]) == [0, 0, 0, 0, 4, 5]
