"""The form of a batch keeps the attention of phrases: what it refuses, warns of, and says while one types."""

import pytest

from generation.models import Batch
from tests.factories import BatchFactory, GeneratedImageFactory

pytestmark = pytest.mark.django_db
PAGE = "/generation/new/"
PROMPT = "chest radiograph, normal heart"


@pytest.fixture
def page(client, researcher, generator, settings):
    settings.CELERY_BROKER_URL = "memory://"
    client.force_login(researcher)
    return client


def errors(answer) -> list[str]:
    assert answer.status_code == 200, "the form was accepted"
    assert not Batch.objects.exists()
    return answer.context["form"].errors["attend"]


def test_what_is_filled_in_is_kept_of_the_batch(page, batch_form):
    page.post(PAGE, {**batch_form, "prompt": PROMPT, "attend": "heart, Heart , chest", "attend_rows": "8,4"})

    assert Batch.objects.get().attended == {
        "phrases": ["Heart", "chest"],
        "resolutions": [8, 4],
        "first_step": 1,
        "last_step": None,
    }


def test_an_empty_field_keeps_nothing(page, batch_form):
    page.post(PAGE, batch_form)

    assert Batch.objects.get().attended == {}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"attend": "kidney"}, "“kidney” is not in the prompt “chest radiograph, normal heart”"),
        ({"attend": "heart", "attend_rows": "8, many"}, "Rows are whole numbers"),
        ({"attend": "heart", "attend_rows": "7"}, "attends at 1, 2, 4, 8 rows, not at 7"),
        ({"attend": "heart", "attend_from": 3}, "from step 3 on and this drawing takes 2"),
        ({"attend": "heart", "attend_from": 2, "attend_to": 1}, "not from 2 to 1"),
        ({"attend": ", ".join("abcdefghijklmn")}, "at most 12"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(page, batch_form, fields, sentence):
    assert sentence in errors(page.post(PAGE, {**batch_form, "prompt": PROMPT, **fields}))[0]


def test_a_phrase_that_some_prompts_lack_is_a_warning(page, batch_form):
    wanted = {"prompt": "chest radiograph, {what}", "choices": "what: heart, nodule", "attend": "heart"}
    answer = page.post(PAGE, {**batch_form, **wanted}, follow=True)

    assert [str(one) for one in answer.context["messages"]] == [
        "“heart” is missing in 1 of 2 prompts; their images keep no attention for it."
    ]
    assert "Attention is kept of “heart”" in answer.content.decode()


def check(page, generator, **typed) -> str:
    answer = page.get("/generation/new/attention/", {"generator": generator.token, "prompt": PROMPT, **typed})
    assert answer.status_code == 200
    return answer.content.decode()


def test_while_typing_structures_of_the_prompt_are_offered_once(page, generator):
    assert 'data-attend="heart"' in check(page, generator, attend="")
    assert 'data-attend="heart"' not in check(page, generator, attend="heart")
    assert 'data-attend="lungs"' not in check(page, generator, attend="")


def test_while_typing_a_phrase_that_the_prompt_lacks_is_named(page, generator):
    assert "“kidney” is not in the prompt" in check(page, generator, attend="heart, kidney")
    assert "is not in" not in check(page, generator, attend="kidney", prompt="half :x AND")


def test_steering_and_changing_offer_the_same_field(page, generator):
    drawn = GeneratedImageFactory(job__batch=BatchFactory())
    for address in (
        "/generation/steering/",
        "/generation/steering/together/",
        f"/generation/change/{drawn.image.token}/",
    ):
        assert 'id="id_attend"' in page.get(address).content.decode(), address
