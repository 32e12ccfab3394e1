"""Strips and combinations by page: which prompts they queue, and how a batch's page shows a strip."""

import uuid

import pytest

from generation.actions.drawing import draw_job, draw_now
from generation.actions.orders import OrderLine
from generation.models import Batch, BatchLine
from generation.reports.progress import BatchProgress
from generation.reports.strips import strips_of

pytestmark = pytest.mark.django_db
STRIP, COMBINE = "/generation/steering/", "/generation/steering/together/"


@pytest.fixture
def page(client, researcher, generator, settings):
    settings.CELERY_BROKER_URL = "memory://"
    client.force_login(researcher)
    return client


@pytest.fixture
def filled(generator) -> dict[str, object]:
    return {
        "request_key": str(uuid.uuid4()), "generator": str(generator.token), "count": 2, "first_seed": 7, "steps": 2,
        "guidance": 3, "scheduler": "ddim", "new_dataset": "mine", "licence": "none", "low": "normal",
        "highs": "cardiomegaly\neffusion", "columns": 3, "way": "and", "term1": "normal", "weight1": "0.4",
        "term2": "effusion", "weight2": "0.8", "term3": "", "weight3": "0.5",
    }  # fmt: skip


def prompts() -> list[str]:
    return list(Batch.objects.get().lines.values_list("prompt", flat=True))


def test_a_strip_has_the_same_seeds_in_every_column_and_a_row_for_each_condition(page, filled):
    page.post(STRIP, filled)
    assert prompts() == [
        "normal :1 AND cardiomegaly :0",
        "normal :0.5 AND cardiomegaly :0.5",
        "normal :0 AND cardiomegaly :1",
        "normal :1 AND effusion :0",
        "normal :0.5 AND effusion :0.5",
        "normal :0 AND effusion :1",
    ]
    assert set(BatchLine.objects.values_list("first_seed", "count")) == {(7, 2)}


def test_only_images_that_show_the_condition_mostly_are_labelled_with_it(page, filled):
    page.post(STRIP, {**filled, "columns": 5, "highs": "cardiomegaly", "finding": "cardiomegaly"})
    labels = list(Batch.objects.get().lines.values_list("finding", flat=True))
    assert labels == ["", "", "cardiomegaly", "cardiomegaly", "cardiomegaly"]
    assert "from 50 % of the condition on" in page.get(STRIP).content.decode()


def test_a_strip_of_blends_mixes_embeddings(page, filled):
    page.post(STRIP, {**filled, "highs": "effusion", "way": "blend"})
    assert prompts()[1] == '("normal", "effusion").blend(0.5, 0.5)'


def test_conditions_are_joined_with_their_weights_and_an_empty_one_is_left_out(page, filled):
    page.post(COMBINE, filled)
    assert prompts() == ["normal :0.4 AND effusion :0.8"]
    assert Batch.objects.get().count == 2


@pytest.mark.parametrize(
    ("address", "changes", "field", "sentence"),
    [
        (STRIP, {"highs": " "}, "highs", "required"),
        (STRIP, {"highs": "\n".join(map(str, range(9)))}, "highs", "9 conditions; at most 8"),
        (STRIP, {"low": "a AND b"}, "low", "plain words"),
        (STRIP, {"highs": 'a "b"'}, "highs", "plain words"),
        (STRIP, {"columns": 1}, "columns", "greater than or equal to 2"),
        (STRIP, {"columns": 10}, "columns", "less than or equal to 9"),
        (STRIP, {"way": "lerp"}, "way", "not one of the available"),
        (STRIP, {"highs": "effusion " * 40}, "__all__", "would be cut off"),
        (COMBINE, {"term2": ""}, "term2", "required"),
        (COMBINE, {"weight1": "9"}, "weight1", "less than or equal to 2"),
        (COMBINE, {"term1": '("a", "b").blend(1, 1)'}, "term1", "plain words"),
    ],
)
def test_what_cannot_be_steered_is_refused_at_its_field(page, filled, address, changes, field, sentence):
    answer = page.post(address, {**filled, **changes})
    assert not Batch.objects.exists()
    assert sentence in " ".join(answer.context["form"].errors[field])


def previewed(page, filled, kind="between", **changes) -> str:
    answer = page.post(f"/generation/steering/previews/{kind}/", {**filled, **changes})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_preview_is_drawn_in_place_before_anything_else_and_costs_few_steps(page, filled):
    shown = previewed(page, filled, highs="cardiomegaly", steps=40, new_dataset="", licence="")
    batch = Batch.objects.get()
    assert shown.startswith('<div id="grid-preview" hx-get="/generation/steering/previews/?lines=')
    assert 'hx-trigger="every 1s"' in shown
    assert (batch.count, batch.steps) == (3, 8)
    assert set(batch.jobs.values_list("priority", flat=True)) == {100}
    assert str(batch.dataset) == "Previews (few steps, not for studies)"
    assert "0 of 3 drawn" in shown
    draw_now(batch)
    again = page.get(f"/generation/steering/previews/?lines={','.join(str(line.pk) for line in batch.lines.all())}")
    shown = again.content.decode()
    assert "3 of 3 drawn" in shown
    assert shown.count('class="tile"') == 3
    assert "hx-get" not in shown  # nothing more comes, so nothing more is asked
    assert [label in shown for label in ("0 %", "50 %", "100 %")] == [True] * 3


def test_what_an_earlier_preview_drew_is_shown_and_not_drawn_again(page, filled):
    previewed(page, filled, highs="cardiomegaly")
    draw_now(Batch.objects.get())
    shown = previewed(page, filled, highs="cardiomegaly", columns=5)
    assert "3 of 5 drawn" in shown
    assert Batch.objects.latest("pk").count == 2
    assert "3 of 3 drawn" in previewed(page, filled, highs="cardiomegaly")
    assert Batch.objects.count() == 2
    page.post(STRIP, {**filled, "highs": "cardiomegaly", "count": 1})  # and the batch itself is no double
    assert Batch.objects.latest("pk").dataset.name == "mine"


def test_several_conditions_at_once_are_one_preview(page, filled):
    shown = previewed(page, filled, "together")
    assert "0 of 1 drawn" in shown
    assert prompts() == ["normal :0.4 AND effusion :0.8"]
    draw_now(Batch.objects.get())
    assert previewed(page, filled, "together").count('class="tile"') == 1


def test_a_preview_that_cannot_be_drawn_is_a_sentence_in_place(page, filled):
    assert "would be cut off" in previewed(page, filled, highs="effusion " * 40)
    assert not Batch.objects.exists()
    previewed(page, filled)
    batch = Batch.objects.get()
    batch.jobs.update(state="failed", reason="The disk is full.")
    lines = ",".join(str(line.pk) for line in batch.lines.all())
    shown = page.get(f"/generation/steering/previews/?lines={lines}").content.decode()
    assert "The disk is full." in shown
    assert "hx-get" not in shown


@pytest.mark.parametrize("ended", ["failed", "cancelled"])
def test_a_preview_that_ended_early_draws_what_it_lacks_when_it_is_asked_for_again(page, filled, ended, settings):
    settings.BATCH_SHAPE = 2
    previewed(page, filled, highs="cardiomegaly")
    first = Batch.objects.get()
    draw_job(first.jobs.get(first_index=0).pk)
    first.jobs.filter(state="queued").update(state=ended)
    shown = previewed(page, filled, highs="cardiomegaly")
    assert "2 of 3 drawn" in shown
    assert "hx-get" in shown
    draw_now(Batch.objects.latest("pk"))
    assert "3 of 3 drawn" in previewed(page, filled, highs="cardiomegaly")
    assert [batch.count for batch in Batch.objects.order_by("pk")] == [3, 1]


def test_previews_show_no_other_batchs_images(page, filled):
    page.post(STRIP, filled)
    lines = ",".join(str(line.pk) for line in Batch.objects.get().lines.all())
    assert "drawn" not in page.get(f"/generation/steering/previews/?lines={lines}").content.decode()


def test_the_pages_offer_the_preview(page):
    for address, kind in ((STRIP, "between"), (COMBINE, "together")):
        assert f'hx-post="/generation/steering/previews/{kind}/"' in page.get(address).content.decode()


@pytest.mark.parametrize("way", ["and", "blend"])
def test_the_batchs_page_shows_the_strip_as_a_row_with_its_weights(page, filled, way):
    page.post(STRIP, {**filled, "way": way, "highs": "cardiomegaly"})
    batch = Batch.objects.get()
    assert "not drawn yet" in page.get(f"/generation/{batch.token}/").content.decode()
    draw_now(batch)
    (strip,) = BatchProgress(batch).strips
    assert (strip.low, strip.high, strip.labels) == ("normal", "cardiomegaly", ["0 %", "50 %", "100 %"])
    assert [row.seed for row in strip.rows] == [7, 8]
    assert [[cell.index for cell in row.cells] for row in strip.rows] == [[0, 2, 4], [1, 3, 5]]
    shown = page.get(f"/generation/{batch.token}/").content.decode()
    assert "From “normal” to “cardiomegaly”" in shown
    assert shown.count('class="tile"') == 6


@pytest.mark.parametrize(
    "lines",
    [
        [("normal", 1, 5), ("effusion", 1, 5)],
        [("a :1 AND b :0", 1, 5)],
        [("a :1 AND b :0", 1, 5), ("a :0 AND b :1", 1, 6)],
        [("a :1 AND b :0", 1, 5), ("a :0 AND b :1", 1, 5), ("c", 1, 5)],
    ],
)
def test_what_is_no_strip_is_shown_as_a_gallery(new_batch, lines):
    wanted = tuple(OrderLine(prompt=prompt, count=count, first_seed=seed) for prompt, count, seed in lines)
    batch = new_batch(lines=wanted)
    assert strips_of(list(batch.lines.all()), {}) == []
