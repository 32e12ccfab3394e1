"""The batch form with a template, a CSV, seeds and what was learned beside the model; each refusal at its field."""

import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile
from safetensors.torch import save

from generation.actions.adapters import register_adapter
from generation.models import Adapter, Batch
from tests.factories import GeneratorFactory

pytestmark = pytest.mark.django_db
PAGE, PREVIEW = "/generation/new/", "/generation/new/preview/"
TEMPLATE = {"prompt": "{finding} in the {side} lung", "choices": "finding: nodule, effusion\nside: left, right"}


@pytest.fixture
def page(client, researcher, generator, settings):
    settings.CELERY_BROKER_URL = "memory://"
    client.force_login(researcher)
    return client


@pytest.fixture
def filled(batch_form) -> dict[str, object]:
    return {**batch_form, "prompt": "normal", "count": 3}


def table(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("prompts.csv", text.encode(), "text/csv")


@pytest.fixture
def heart(generator) -> Adapter:
    torch.manual_seed(4)
    content = save({"learned": torch.randn(12, 16)})
    return register_adapter(generator=generator, kind="embedding", name="<heart>", content=content, by=None)


def lora_of(generator) -> Adapter:
    return Adapter.objects.create(generator=generator, kind="lora", name="film grain", sha256="5" * 64, file="x")


def test_a_template_queues_every_combination(page, filled):
    page.post(PAGE, {**filled, **TEMPLATE})
    batch = Batch.objects.get()
    assert batch.count == 12
    assert [(line.prompt, line.finding, line.first_seed) for line in batch.lines.all()] == [
        ("nodule in the left lung", "nodule", 7),
        ("nodule in the right lung", "nodule", 10),
        ("effusion in the left lung", "effusion", 13),
        ("effusion in the right lung", "effusion", 16),
    ]


def test_a_table_is_queued_row_by_row(page, filled):
    page.post(PAGE, {**filled, "prompt": "", "prompts_csv": table("prompt,count,seed\nnormal,2,1\nnodule,,50\n")})
    assert list(Batch.objects.get().lines.values_list("prompt", "count", "first_seed")) == [
        ("normal", 2, 1),
        ("nodule", 3, 50),
    ]


def test_the_very_seeds_stand_in_for_count_and_first_seed(page, filled):
    page.post(PAGE, {**filled, "seeds": "1-3, 9"})
    assert list(Batch.objects.get().lines.values_list("count", "first_seed")) == [(3, 1), (1, 9)]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"prompt": ""}, "prompt", "required, unless a CSV"),
        ({"prompt": "{side}"}, "choices", "Say what {side} stands for"),
        ({"seeds": "9-1"}, "seeds", "ends before"),
        ({"prompt": "a AND"}, "prompt", "nothing on one side of AND"),
        ({"prompts_csv": "prompt\n"}, "prompts_csv", "in the file or in the form"),
        ({"prompt": "", "prompts_csv": "prompt,count\na,1\nb,x\n"}, "prompts_csv", "Row 3: count"),
        ({"prompt": "{a}", "choices": "a: " + ",".join(map(str, range(900)))}, "count", "2,700 images"),
        ({"prompt": "", "prompts_csv": "prompt,seed\na,1\na,2\n"}, "dataset", "Seed 2 of “a” is asked for twice"),
    ],
)
def test_what_makes_no_prompts_is_refused_at_its_field(page, filled, changes, field, sentence):
    if isinstance(changes.get("prompts_csv"), str):
        changes = {**changes, "prompts_csv": table(changes["prompts_csv"])}
    answer = page.post(PAGE, {**filled, **changes})
    assert not Batch.objects.exists()
    assert sentence in " ".join(answer.context["form"].errors[field])


def test_of_many_prompts_the_one_that_is_too_long_is_named(page, filled):
    long = "effusion " * 40
    answer = page.post(PAGE, {**filled, "prompt": "", "prompts_csv": table(f"prompt\nnormal\n{long}\n")})
    assert answer.context["form"].errors["prompt"][0].startswith("“effusion effusion")


def test_an_embeddings_word_counts_as_many_tokens_as_it_has_vectors(page, filled, heart, generator):
    asked = {"generator": str(generator.token), "prompt": "normal <heart>"}
    assert page.get("/generation/new/prompt-length/", asked).content.decode().strip() == "13 of 22 tokens."
    answer = page.post(PAGE, {**filled, "prompt": "<heart> <heart> normal"})
    assert "“<heart> normal” would be cut off" in answer.context["form"].errors["prompt"][0]


def test_a_word_in_the_prompt_brings_its_embedding_and_a_scale_its_lora(page, filled, heart, generator):
    lora = lora_of(generator)
    page.post(PAGE, {**filled, "prompt": "<heart>", f"lora_{lora.token.hex}": "0.5"})
    assert [(one["kind"], one["name"], one["scale"]) for one in Batch.objects.get().adapters] == [
        ("embedding", "<heart>", 1.0),
        ("lora", "film grain", 0.5),
    ]


def test_without_its_word_or_scale_nothing_is_added(page, filled, heart, generator):
    lora = lora_of(generator)
    page.post(PAGE, {**filled, f"lora_{lora.token.hex}": "0"})
    assert Batch.objects.get().adapters == []


@pytest.mark.parametrize("scale", ["strong", "3", "nan"])
def test_a_scale_that_is_none_is_refused(page, filled, generator, scale):
    lora = lora_of(generator)
    answer = page.post(PAGE, {**filled, f"lora_{lora.token.hex}": scale})
    assert "must be a number from -2 to 2" in answer.content.decode()
    assert not Batch.objects.exists()


def test_another_models_lora_is_not_offered(page, generator):
    lora_of(GeneratorFactory())
    assert "film grain" not in page.get(PAGE, {"generator": str(generator.token)}).content.decode()
    mine = lora_of(generator)
    shown = page.get("/generation/new/adapters/", {"generator": str(generator.token)}).content.decode()
    assert f'name="lora_{mine.token.hex}"' in shown


def test_the_preview_tells_how_many_images_of_which_prompts(page):
    shown = page.post(PREVIEW, {**TEMPLATE, "count": 5, "first_seed": 1}).content.decode()
    assert "20 images" in shown
    assert "effusion in the right lung" in shown


def test_the_preview_says_what_is_wrong(page):
    shown = page.post(PREVIEW, {"prompt": "{side}", "count": 5, "first_seed": 1}).content.decode()
    assert "Say what {side} stands for" in shown


def test_the_batchs_page_shows_its_prompts_and_seeds(page, filled):
    shown = page.post(PAGE, {**filled, **TEMPLATE}, follow=True).content.decode()
    assert "“nodule in the left lung” and 3 more" in shown
    assert "16 to 18" in shown
