"""The pages that ask for masks, follow a run and show what its images attended to."""

from io import BytesIO

import numpy as np
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from generation.actions.mask_run_running import run_masks
from generation.models import AttentionMaps, MaskRun
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Definition, MaskSet
from tests.factories import BatchFactory, MaskSetFactory
from tests.generation.mask_scenes import drawn_batch, queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, researcher, settings):
    settings.CELERY_BROKER_URL = "memory://"
    client.force_login(researcher)
    return client


def filled(page, batch, **changes) -> dict[str, object]:
    """The form as the page offers it, with these changes."""
    initial = page.get(f"/generation/{batch.token}/masks/").context["form"].initial
    return {**initial, "method": "otsu", "parts": "", **changes}


def test_the_batchs_page_says_what_is_kept_and_leads_to_the_form(page):
    batch = drawn_batch(count=1)
    words = page.get(f"/generation/{batch.token}/").content.decode()

    assert "Attention is kept of “heart”" in words
    assert f'href="/generation/{batch.token}/masks/"' in words


def test_the_form_as_offered_queues_a_run_and_shows_it(page, researcher):
    batch = drawn_batch(count=2)
    answer = page.post(f"/generation/{batch.token}/masks/", filled(page, batch))

    run = MaskRun.objects.get()
    assert answer.url == f"/generation/masks/{run.token}/"
    assert (run.phrases, run.options, run.created_by) == (["heart"], {"parts": 1}, researcher)
    assert run.mask_set.structure == "heart"
    assert "Waiting for a worker" in page.get(answer.url).content.decode()


def test_both_lungs_are_offered_together_as_lungs_without_a_definition(page):
    batch = drawn_batch(count=1, phrases=("left lung", "right lung"))
    offered = filled(page, batch)

    assert (offered["phrases"], offered["structure"], offered["definition"]) == (
        ["left lung", "right lung"], "lungs", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"structure": "lungs"}, "definition", "heart inside, or outside"),
        ({"definition": Definition.HEART_INSIDE}, "definition", "Only the lungs"),
        ({"definition": ""}, "definition", "required"),
        ({"phrases": []}, "phrases", "required"),
        ({"phrases": ["kidney"]}, "phrases", "kidney is not one of the available choices"),
        ({"name": "taken"}, "name", "“taken” exists"),
    ],
)
def test_what_makes_no_set_of_masks_is_refused_at_its_field(page, changes, field, sentence):
    MaskSetFactory(name="taken")
    batch = drawn_batch(count=1)
    answer = page.post(f"/generation/{batch.token}/masks/", filled(page, batch, **changes))

    assert sentence in answer.context["form"].errors[field][0]
    assert not MaskRun.objects.exists()


def test_a_batch_without_attention_says_what_to_do(page):
    words = page.get(f"/generation/{BatchFactory().token}/masks/").content.decode()
    assert "No attention was kept" in words
    assert "the same seeds draw the same images" in words


def test_a_finished_run_shows_its_masks_and_who_has_none(page):
    batch = drawn_batch(count=3)
    AttentionMaps.objects.get(generated__index=1).delete()
    run = queued(batch)
    run_masks(run.pk)
    words = page.get(f"/generation/masks/{run.token}/").content.decode()

    assert "Done: 2 of 3 images have a mask" in words
    assert f'href="/library/masks/sets/{run.mask_set.token}/"' in words
    assert "Image 2 (seed 101): it was drawn without keeping attention" in words
    assert "hx-get" not in words.split('id="mask-run"')[1].split(">")[0]


def test_a_run_is_cancelled_and_gone_on_with_by_its_buttons(page):
    run = queued(drawn_batch(count=1))
    page.post(f"/generation/masks/{run.token}/cancel/")
    assert "Cancelled" in page.get(f"/generation/masks/{run.token}/progress/").content.decode()

    page.post(f"/generation/masks/{run.token}/resume/")

    run.refresh_from_db()
    assert run.state == JobState.QUEUED
    assert MaskSet.objects.count() == 1


def test_the_recipe_shows_a_heat_map_for_each_phrase(page):
    batch = drawn_batch(count=1, phrases=("heart", "chest"))
    image = AttentionMaps.objects.get().generated.image
    words = page.get(f"/generation/images/{image.token}/").content.decode()
    assert words.count("/attention/") == 2
    assert page.get(f"/images/{image.token}/").content.decode().count("/attention/") == 2
    assert batch.jobs.count() == 1

    picture = page.get(f"/generation/images/{image.token}/attention/1.png")
    assert picture["Content-Type"] == "image/png"
    heat = np.asarray(Image.open(BytesIO(picture.content)).convert("L"), dtype=int)
    assert heat.shape == (192, 192)
    assert heat[77, 96] > heat[5, 5] + 50, "bright where the disc is"
    assert page.get(f"/generation/images/{image.token}/attention/2.png").status_code == 404
    stored = AttentionMaps.objects.get().file
    stored.storage.delete(stored.name)
    stored.storage.save(stored.name, ContentFile(b"damaged"))
    assert page.get(f"/generation/images/{image.token}/attention/1.png").status_code == 404
