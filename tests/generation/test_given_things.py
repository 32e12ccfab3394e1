"""What recipes name by hash (embeddings, LoRAs, an image and its mask) reaches the worker wherever it is stored."""

import numpy as np
import pytest
import torch
from django.core.files.base import ContentFile
from safetensors.torch import save

from generation.actions.adapters import register_adapter
from generation.actions.drawing import draw_now
from generation.actions.given_pictures import keep_image, keep_mask
from generation.actions.material import material_of
from generation.actions.orders import NewDataset, OrderLine
from generation.actions.storing import patient_behind
from generation.diffusion.errors import DiffusionError
from generation.diffusion.recipe import Start
from generation.models import Adapter, GeneratedImage, GivenPicture
from lungstudy.library.models import Image
from lungstudy.library.pixels.hashes import pixel_sha256
from tests.factories import ImageFactory
from tests.generation.png import grey_of

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["folder", "elsewhere"])
def storage(request, settings, tmp_path):
    """The site's files in a folder, and on a storage that has no paths, as a bucket has none."""
    settings.WORKER_CACHE = tmp_path / "worker"
    if request.param == "elsewhere":
        memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
        settings.STORAGES = {**settings.STORAGES, "default": memory}


def embedding(seed: int = 4) -> bytes:
    torch.manual_seed(seed)
    return save({"learned": torch.randn(2, 16)})


@pytest.fixture
def heart(generator, storage) -> Adapter:
    return register_adapter(generator=generator, kind="embedding", name="<heart>", content=embedding(), by=None)


@pytest.fixture
def film(storage):
    """A film of a patient, and the left half of it as a mask."""
    levels = np.add.outer(np.arange(64) * 2, np.arange(64)).astype(np.uint8)
    mask = np.zeros((64, 64), dtype=bool)
    mask[:, :32] = True
    source = ImageFactory(patient_key="P7")
    return levels, mask, keep_image(pixels=levels, source=source), keep_mask(mask=mask)


def test_an_embedding_that_a_prompt_names_is_drawn_with_and_named_in_that_recipe_alone(new_batch, heart):
    lines = (OrderLine(prompt="normal", count=1, first_seed=1), OrderLine(prompt="<heart>", count=1, first_seed=1))
    batch = new_batch(lines=lines, adapters=(heart.in_recipe(),))
    plain = new_batch(lines=lines)
    for each in (batch, plain):
        draw_now(each)
    with_it = GeneratedImage.objects.filter(job__batch=batch).order_by("index")
    without = GeneratedImage.objects.filter(job__batch=plain).order_by("index")
    assert with_it[0].recipe_sha256 == without[0].recipe_sha256
    assert [one["name"] for one in with_it[1].recipe["adapters"]] == ["<heart>"]
    assert with_it[1].image.pixel_sha256 != without[1].image.pixel_sha256


def test_a_file_that_changed_under_its_name_is_refused(new_batch, heart):
    heart.file.storage.delete(heart.file.name)
    heart.file.save("weights.safetensors", ContentFile(embedding(5)))
    batch = new_batch(prompt="<heart>", adapters=(heart.in_recipe(),))
    with pytest.raises(DiffusionError, match="not the one that was registered"):
        draw_now(batch)


def test_a_file_that_is_gone_fails_the_job_with_a_sentence(new_batch, heart):
    heart.file.storage.delete(heart.file.name)
    batch = new_batch(prompt="<heart>", adapters=(heart.in_recipe(),))
    with pytest.raises(DiffusionError, match="“<heart>” is not there any more"):
        draw_now(batch)


def test_under_a_mask_a_film_is_drawn_anew_and_stays_with_its_patient(new_batch, film):
    levels, mask, image, kept_mask = film
    batch = new_batch(count=2, start=Start(image.sha256, 0.8, kept_mask.sha256, feather=2))
    draw_now(batch)
    drawn = Image.objects.exclude(pk=image.source_id).order_by("pk").first()
    with drawn.file.open() as file:
        pixels = grey_of(file)
    assert np.array_equal(pixels[~mask], levels[~mask])
    assert not np.array_equal(pixels[mask], levels[mask])
    assert drawn.patient_key == "P7"
    stored = GeneratedImage.objects.get(image=drawn)
    assert stored.recipe["start"] == {
        "image_sha256": pixel_sha256(levels),
        "mask_sha256": kept_mask.sha256,
        "strength": 0.8,
        "feather": 2,
    }


def test_the_same_pixels_are_kept_once(film):
    levels, mask, image, kept_mask = film
    assert keep_image(pixels=levels, source=None) == image
    assert keep_mask(mask=mask) == kept_mask
    assert GivenPicture.objects.count() == 2


def test_a_picture_that_came_without_a_source_gets_it_when_one_is_known_and_keeps_it(storage):
    levels = np.full((64, 64), 79, dtype=np.uint8)
    film = ImageFactory(patient_key="P7")
    assert keep_image(pixels=levels, source=None).source is None
    for source in (film, None, ImageFactory(patient_key="P8")):
        assert keep_image(pixels=levels, source=source).source == film
    assert GivenPicture.objects.get().source == film


def test_a_change_of_a_picture_that_was_known_without_a_source_stays_with_its_patient(new_batch, storage):
    levels = np.full((64, 64), 80, dtype=np.uint8)
    given = keep_image(pixels=levels, source=None)
    batch = new_batch(count=1, start=Start(given.sha256, 0.8))
    keep_image(pixels=levels, source=ImageFactory(patient_key="P7"))
    assert patient_behind(batch) == "P7"


def test_films_of_two_patients_with_the_same_pixels_are_changed_each_for_its_own_patient(new_batch, storage):
    levels = np.full((64, 64), 81, dtype=np.uint8)
    films = [ImageFactory(patient_key=key) for key in ("P7", "P8")]
    for film in films:
        start = Start(keep_image(pixels=levels, source=film).sha256, 0.8)
        draw_now(new_batch(count=1, start=start, source=film))
    drawn = GeneratedImage.objects.order_by("pk")
    assert [one.image.patient_key for one in drawn] == ["P7", "P8"]
    assert drawn[0].recipe_sha256 == drawn[1].recipe_sha256  # whose film it is decides nothing that is drawn


def test_a_patients_film_with_the_pixels_of_a_phantom_makes_no_phantom(new_batch, generator, storage):
    generator.phantoms = True
    generator.save()
    levels = np.full((64, 64), 82, dtype=np.uint8)
    phantom, film = ImageFactory(dataset__phantoms=True), ImageFactory(patient_key="P7")
    start = Start(keep_image(pixels=levels, source=phantom).sha256, 0.8)
    of = {"start": start, "count": 1}
    assert new_batch(dataset=NewDataset(name="one", licence="-"), source=phantom, **of).dataset.phantoms is True
    assert new_batch(dataset=NewDataset(name="two", licence="-"), source=film, **of).dataset.phantoms is False


def test_a_picture_that_is_gone_fails_the_job_with_a_sentence(new_batch, storage):
    levels = np.full((64, 64), 77, dtype=np.uint8)
    image = keep_image(pixels=levels, source=None)
    image.file.storage.delete(image.file.name)
    batch = new_batch(start=Start(image.sha256, 0.5))
    with pytest.raises(DiffusionError, match="not there any more; choose it anew"):
        draw_now(batch)


def test_a_picture_whose_pixels_changed_is_refused(new_batch, storage):
    image = keep_image(pixels=np.full((64, 64), 78, dtype=np.uint8), source=None)
    GivenPicture.objects.filter(pk=image.pk).update(sha256="7" * 64)
    batch = new_batch(start=Start("7" * 64, 0.5))
    with pytest.raises(DiffusionError, match="has changed"):
        material_of(batch)


def test_an_image_of_a_patient_makes_no_phantom_of_a_phantom_models_drawing(new_batch, generator, film):
    generator.phantoms = True
    generator.save()
    _, _, image, _ = film
    assert (
        new_batch(dataset=NewDataset(name="changed", licence="-"), start=Start(image.sha256, 0.5)).dataset.phantoms
        is False
    )
    assert new_batch(dataset=NewDataset(name="phantoms", licence="-")).dataset.phantoms is True


@pytest.mark.parametrize("phantoms", [True, False])
def test_an_embedding_learned_from_patients_makes_no_phantom_of_a_phantom_models_drawing(
    new_batch, generator, storage, phantoms
):
    generator.phantoms = True
    generator.save()
    heart = register_adapter(
        generator=generator, kind="embedding", name="<heart>", content=embedding(), by=None, phantoms=phantoms
    )
    batch = new_batch(dataset=NewDataset(name="new", licence="-"), adapters=(heart.in_recipe(),))

    assert batch.dataset.phantoms is phantoms
