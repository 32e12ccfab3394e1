"""The form that queues a batch: what it offers, what it refuses and why, and that a double click queues one."""

import re

import pytest

from generation.models import Batch, Job
from lungstudy.library.models import Dataset, Image, Origin
from tests.factories import DatasetFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/generation/new/"


@pytest.fixture
def page(client, researcher, generator, settings):
    settings.CELERY_BROKER_URL = "memory://"
    client.force_login(researcher)
    return client


@pytest.fixture
def filled(batch_form) -> dict[str, object]:
    return batch_form


def errors(answer) -> dict[str, list[str]]:
    assert answer.status_code == 200, "the form was accepted"
    assert not Batch.objects.exists()
    return answer.context["form"].errors


def test_the_form_offers_a_random_seed_and_the_models_own_size(page):
    seeds = {page.get(PAGE).context["form"]["first_seed"].value() for _ in range(3)}
    assert len(seeds) == 3
    assert "the size that the model was trained at" in page.get(PAGE).content.decode()


def test_a_filled_form_queues_a_batch_at_the_models_own_size(page, filled, researcher):
    answer = page.post(PAGE, filled)
    batch = Batch.objects.get()
    assert answer.url == f"/generation/{batch.token}/"
    assert (batch.width, batch.height, batch.created_by) == (64, 64, researcher)
    assert (batch.dataset.name, batch.dataset.origin) == ("mine", Origin.SYNTHETIC)
    assert Job.objects.count() == 2


def test_a_double_click_queues_one_batch_and_shows_it_twice(page, filled):
    first, second = page.post(PAGE, filled), page.post(PAGE, filled)
    assert first.url == second.url
    assert (Batch.objects.count(), Dataset.objects.count()) == (1, 1)


def test_each_form_has_a_key_of_its_own(page):
    keys = re.compile(r'name="request_key" value="([0-9a-f-]{36})"')
    first, second = (keys.search(page.get(PAGE).content.decode())[1] for _ in range(2))
    assert first != second


def test_a_prompt_too_long_for_the_text_encoder_says_what_would_be_cut(page, filled):
    too_long = "chest radiograph, " + "left pleural effusion " * 6 + "normal cardiomegaly"
    answer = page.post(PAGE, {**filled, "prompt": too_long})
    (sentence,) = errors(answer)["prompt"]
    assert sentence.endswith("“cardiomegaly” would be cut off; shorten the prompt.")
    assert Image.objects.count() == 0


LONG = "chest radiograph, " + "left pleural effusion " * 6 + "normal, cardiomegaly right"
READ = "chest radiograph, " + "left pleural effusion " * 6 + "normal"


def test_a_long_prompt_is_drawn_without_its_end_by_who_says_so(page, filled):
    refused = page.post(PAGE, {**filled, "prompt": LONG}).content.decode()
    assert 'name="cut_long"' in refused
    assert 'name="cut_long"' not in page.get(PAGE).content.decode()  # in nobody's way
    answer = page.post(PAGE, {**filled, "prompt": LONG, "cut_long": "on"}, follow=True)
    batch = Batch.objects.get()
    assert batch.lines.get().prompt == READ  # the recipe has what is read
    assert "drawn without its end: “cardiomegaly right”" in answer.content.decode()


def test_of_a_long_prompt_that_joins_conditions_nothing_is_cut(page, filled):
    joined = f"normal :0.5 AND {LONG} :0.5"
    assert "would be cut off" in errors(page.post(PAGE, {**filled, "prompt": joined, "cut_long": "on"}))["prompt"][0]
    negative = {"negative_prompt": f"AND {LONG}", "cut_long": "on"}
    assert "nothing on one side of AND" in errors(page.post(PAGE, {**filled, **negative}))["negative_prompt"][0]


def test_what_many_prompts_lost_is_told_of_the_first_few(page, filled):
    words = ("left", "right", "normal", "effusion", "pleural")
    choices = "last: " + ", ".join(words)
    asked = {"prompt": f"{{last}} {LONG}", "choices": choices, "count": 1, "cut_long": "on"}
    answer = page.post(PAGE, {**filled, **asked}, follow=True).content.decode()
    assert answer.count("is drawn without its end") == 3
    assert "2 more prompts are drawn without their ends." in answer
    assert Batch.objects.get().lines.count() == len(words)


def test_a_negative_prompt_is_measured_too(page, filled):
    assert "cut off" in errors(page.post(PAGE, {**filled, "negative_prompt": "pneumonia " * 60}))["negative_prompt"][0]


@pytest.mark.parametrize(
    ("field", "wrong", "sentence"),
    [
        ("size", 100, "multiples of 8 pixels; take 96 or 104"),
        ("count", 0, "greater than or equal to 1"),
        ("count", 10_000_000, "less than or equal to 2000"),
        ("first_seed", -1, "greater than or equal to 0"),
        ("first_seed", 2**63, "less than or equal to"),
        ("steps", 0, "greater than or equal to 1"),
        ("guidance", "nan", "Enter a number"),
        ("guidance", "inf", "Enter a number"),
        ("scheduler", "best", "not one of the available choices"),
        ("prompt", " ", "This field is required"),
        ("generator", "00000000-0000-4000-8000-000000000000", "not one of the available choices"),
        ("dataset", 999_999, "not one of the available choices"),
        ("new_dataset", "", "Give the new data set a name"),
        ("licence", "", "Say under which licence"),
        ("request_key", "not a key", "valid UUID"),
    ],
)
def test_a_wrong_field_is_refused_with_a_sentence(page, filled, field, wrong, sentence):
    assert sentence in " ".join(errors(page.post(PAGE, {**filled, field: wrong}))[field])


def test_a_taken_name_and_an_unfit_data_set_are_refused(page, filled):
    DatasetFactory(name="mine")
    phantoms = DatasetFactory(origin=Origin.SYNTHETIC, phantoms=True)
    assert "exists; choose it above" in errors(page.post(PAGE, filled))["new_dataset"][0]
    assert "needs another data set" in errors(page.post(PAGE, {**filled, "dataset": phantoms.pk}))["dataset"][0]


def test_real_data_sets_are_not_offered(page, filled):
    real = DatasetFactory(origin=Origin.REAL)
    assert errors(page.post(PAGE, {**filled, "dataset": real.pk}))["dataset"]


def test_a_retired_generator_is_not_offered(page, generator):
    from django.utils import timezone

    generator.retired_at = timezone.now()
    generator.save()
    assert page.get(PAGE).url == "/generation/generators/"


def test_the_prompts_length_is_told_while_typing(page, generator):
    asked = {"generator": str(generator.token), "prompt": "chest radiograph, normal"}
    answer = page.get("/generation/new/prompt-length/", asked)
    assert answer.content.decode().strip() == "4 of 22 tokens."


@pytest.mark.parametrize("key", ["", "nonsense"])
def test_the_length_of_a_prompt_for_no_model_is_not_found(page, key):
    assert page.get("/generation/new/prompt-length/", {"generator": key}).status_code == 404


def test_a_reader_queues_nothing(client, filled):
    client.force_login(UserFactory())
    assert client.post(PAGE, filled).status_code == 403
    assert not Batch.objects.exists()
