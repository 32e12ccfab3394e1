"""A batch of several prompts: each image has its line's recipe, and jobs hold only what can be drawn together."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.actions.drawing import draw_now
from generation.actions.orders import OrderLine, QueueingError
from generation.models import Batch, BatchLine, GeneratedImage
from lungstudy.library.models import Provenance
from tests.factories import BatchFactory, BatchLineFactory

pytestmark = pytest.mark.django_db


def line(prompt: str, count: int, first_seed: int, **facts) -> OrderLine:
    return OrderLine(prompt=prompt, count=count, first_seed=first_seed, **facts)


def test_every_image_is_drawn_by_its_own_lines_recipe(new_batch):
    lines = (line("normal", 3, 10, finding="none"), line("cardiomegaly", 2, 50, negative_prompt="effusion"))
    batch = new_batch(lines=lines)
    draw_now(batch)
    stored = GeneratedImage.objects.order_by("index")
    told = [(one.recipe["prompt"], one.recipe["seed"], one.recipe["negative_prompt"]) for one in stored]
    assert told == [
        ("normal", 10, ""),
        ("normal", 11, ""),
        ("normal", 12, ""),
        ("cardiomegaly", 50, "effusion"),
        ("cardiomegaly", 51, "effusion"),
    ]
    assert list(Provenance.objects.order_by("seed").values_list("prompt", "finding"))[2:4] == [
        ("normal", "none"),
        ("cardiomegaly", ""),
    ]


def test_an_image_is_the_same_among_other_prompts_as_alone(new_batch):
    mixed, alone = (
        new_batch(lines=(line("normal", 1, 3), line("nodule", 1, 9))),
        new_batch(lines=(line("nodule", 1, 9),)),
    )
    draw_now(mixed)
    draw_now(alone)
    images = GeneratedImage.objects.filter(recipe_sha256=alone.recipe(0).sha256())
    assert images.count() == 2
    assert images.values("image__pixel_sha256").distinct().count() == 1


def test_jobs_are_cut_where_the_number_of_terms_changes(new_batch):
    joined = "normal :0.5 AND cardiomegaly :0.5"
    batch = new_batch(lines=(line("normal", 2, 1), line("nodule", 4, 1), line(joined, 3, 1), line("normal", 1, 9)))
    assert [list(job.indexes) for job in batch.jobs.order_by("first_index")] == [
        [0, 1, 2, 3],
        [4, 5],
        [6, 7, 8],
        [9],
    ]
    draw_now(batch)
    assert GeneratedImage.objects.count() == 10


def test_recipes_ask_the_database_once_for_all_lines():
    batch = BatchFactory(count=600)
    batch.lines.all().delete()
    for number in range(60):
        BatchLineFactory(batch=batch, first_index=10 * number, count=10, first_seed=1000 * number)
    fresh = Batch.objects.select_related("generator").get()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        seeds = [fresh.recipe(index).seed for index in (0, 9, 10, 305, 599)]
    assert seeds == [0, 9, 1000, 30_005, 59_009]
    assert len(asked) == 1


def test_one_image_asked_for_twice_in_a_batch_is_refused(new_batch):
    with pytest.raises(QueueingError, match="Seed 5 of “normal” is asked for twice"):
        new_batch(lines=(line("normal", 5, 1), line("nodule", 9, 1), line("normal", 1, 5)))
    assert not BatchLine.objects.exists()


def test_any_line_that_a_data_set_has_already_is_refused(new_batch):
    dataset = new_batch(lines=(line("normal", 5, 1), line("nodule", 9, 1))).dataset
    with pytest.raises(QueueingError, match="start at seed 10"):
        new_batch(lines=(line("effusion", 5, 1), line("nodule", 1, 9)), dataset=dataset)
    assert new_batch(lines=(line("effusion", 5, 1), line("nodule", 1, 10)), dataset=dataset)


def test_a_batch_is_called_by_its_first_prompt_and_the_number_of_others(new_batch):
    batch = new_batch(lines=(line("normal", 1, 1), line("normal", 1, 9), line("nodule", 1, 1)))
    listed = Batch.objects.with_progress().get()
    assert batch.title == listed.title == "“normal” and 1 more"
