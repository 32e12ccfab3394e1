"""A job draws what it lacks, stores each image with its recipe, and ends in one sentence."""

from dataclasses import replace

import pytest

from generation.actions.drawing import draw_job, draw_now, drawn_with
from generation.actions.queue_order import retry_batch
from generation.diffusion.errors import DiffusionError
from generation.diffusion.recipe import Recipe
from generation.models import GeneratedImage, Job
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Image, Provenance

pytestmark = pytest.mark.django_db


def hashes(batch) -> list[str]:
    """The pixels of a batch, in its order."""
    images = GeneratedImage.objects.filter(job__batch=batch).order_by("index")
    return list(images.values_list("image__pixel_sha256", flat=True))


def test_a_batch_is_drawn_with_one_seed_for_each_image(new_batch):
    batch = new_batch(count=6)
    draw_now(batch)
    images = list(GeneratedImage.objects.filter(job__batch=batch).order_by("index"))
    assert [image.recipe["seed"] for image in images] == [100, 101, 102, 103, 104, 105]
    assert len(set(hashes(batch))) == 6
    assert {job.state for job in batch.jobs.all()} == {JobState.DONE}


def test_each_image_names_the_whole_recipe_that_draws_it_again(new_batch):
    batch = new_batch(count=1, negative_prompt="pneumonia")
    draw_now(batch)
    stored = GeneratedImage.objects.get()
    recipe = Recipe(**stored.recipe)
    assert recipe == batch.recipe(0)
    assert stored.recipe_sha256 == recipe.sha256() != replace(recipe, seed=101).sha256()
    assert {"torch", "diffusers", "device", "threads"} <= set(stored.versions)


def test_neutral_facts_are_told_to_the_library(new_batch):
    batch = new_batch(count=1, finding="normal")
    draw_now(batch)
    told = Provenance.objects.get()
    assert (told.generator, told.prompt, told.seed, told.steps) == ("tiny", batch.line_at(0).prompt, 100, 2)
    assert Image.objects.get().finding == told.finding == "normal"


def test_an_image_is_the_same_whatever_batch_it_was_drawn_in(new_batch):
    long, short, later = new_batch(count=7), new_batch(count=2), new_batch(count=3, first_seed=102)
    for batch in (long, short, later):
        draw_now(batch)
    assert hashes(short) == hashes(long)[:2]
    assert hashes(later) == hashes(long)[2:5]


def test_a_second_delivery_of_the_same_job_changes_nothing(new_batch):
    batch = new_batch()
    job = batch.jobs.get()
    draw_job(job.pk)
    before = hashes(batch)
    draw_job(job.pk)
    assert hashes(batch) == before
    assert Image.objects.count() == 4


def test_a_job_whose_worker_died_is_finished_with_what_it_lacked(new_batch):
    whole, broken = new_batch(), new_batch()
    draw_now(whole)
    draw_now(broken)
    lost = GeneratedImage.objects.filter(job__batch=broken, index__in=(1, 2))
    Image.objects.filter(pk__in=list(lost.values_list("image", flat=True)))
    images = [drawn.image for drawn in lost]
    lost.delete()
    for image in images:
        image.delete()
    broken.jobs.update(state=JobState.RUNNING, lease_until="2020-01-01T00:00Z")
    draw_now(broken)
    assert hashes(broken) == hashes(whole)


def test_a_prompt_that_only_the_worker_can_measure_fails_the_job_with_a_sentence(new_batch):
    batch = new_batch(prompt="effusion " * 40)
    with pytest.raises(DiffusionError, match="tokens long"):
        draw_now(batch)
    assert batch.jobs.get().state == JobState.FAILED
    assert not Image.objects.exists()


def test_a_model_whose_weights_changed_since_it_was_registered_is_refused(new_batch, generator):
    generator.weights_sha256 = "0" * 64
    generator.save()
    batch = new_batch()
    with pytest.raises(DiffusionError, match="not those that were registered"):
        draw_now(batch)


def test_a_model_folder_that_is_gone_fails_the_job_with_a_sentence(new_batch, generator):
    generator.source = "/nowhere/at/all"
    generator.save()
    batch = new_batch()
    with pytest.raises(DiffusionError, match="There is no model folder at /nowhere/at/all"):
        draw_now(batch)


def test_the_same_recipe_never_enters_a_data_set_twice(new_batch):
    first = new_batch()
    draw_now(first)
    # Queued before the first batch existed: the check at the form cannot see it, the worker must.
    second = new_batch(first_seed=900, dataset=first.dataset)
    second.lines.update(first_seed=100)
    with pytest.raises(DiffusionError, match="already holds the image of seed 100"):
        draw_now(second)
    assert Image.objects.count() == 4


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((2,), r"^Image 2 \(seed 101\) is missing: The model computed no picture"),
        ((2, 4), r"^Images 2, 4 \(seeds 101, 103\) are missing, the first for this reason: The model computed no"),
        ((1, 2, 3, 4), "^The model computed no picture"),
    ],
)
def test_an_image_that_is_no_number_is_named_and_takes_none_of_its_neighbours_with_it(
    new_batch, breaking, client, researcher, numbers, sentence
):
    whole = new_batch()
    draw_now(whole)
    breaking(*numbers)
    batch = new_batch()
    with pytest.raises(DiffusionError, match=sentence):
        draw_now(batch)
    good = [index for index in range(4) if index + 1 not in numbers]
    assert hashes(batch) == [hashes(whole)[index] for index in good]
    job = batch.jobs.get()
    assert (job.state, job.done) == (JobState.FAILED, len(good))
    client.force_login(researcher)
    assert "computed no picture (not a number)" in client.get(f"/generation/{batch.token}/").text

    retry_batch(batch=batch, by=researcher)
    draw_now(batch)
    assert hashes(batch) == hashes(whole)
    assert batch.jobs.get().state == JobState.DONE


def test_a_retry_draws_only_the_groups_in_which_something_is_missing(new_batch, breaking, researcher):
    batch = new_batch(count=4)
    batch.jobs.update(batch_shape=2)
    breaking(4)
    with pytest.raises(DiffusionError, match="Image 4"):
        draw_now(batch)
    before = GeneratedImage.objects.count()
    drawn_before = GeneratedImage.objects.order_by("index").values_list("pk", flat=True)[0]
    retry_batch(batch=batch, by=researcher)
    assert drawn_with(batch.jobs.get(), batch.jobs.get().missing()) == [2, 3]
    draw_now(batch)
    assert (before, GeneratedImage.objects.count()) == (3, 4)
    assert GeneratedImage.objects.order_by("index").values_list("pk", flat=True)[0] == drawn_before


def test_one_image_that_the_data_set_has_already_keeps_none_of_the_others_out(new_batch):
    first = new_batch(count=1, first_seed=101)
    draw_now(first)
    second = new_batch(first_seed=900, dataset=first.dataset)
    second.lines.update(first_seed=100)
    with pytest.raises(
        DiffusionError, match=r"Image 2 \(seed 101\) is missing: .* already holds the image of seed 101"
    ):
        draw_now(second)
    stored = GeneratedImage.objects.filter(job__batch=second)
    assert list(stored.order_by("index").values_list("index", flat=True)) == [0, 2, 3]


def test_steps_are_reported_while_drawing(new_batch):
    batch = new_batch(count=1)
    draw_now(batch)
    job = Job.objects.get()
    assert 1 <= job.step <= batch.steps  # the last ones too where a step takes over a second
    assert job.done == job.total == 1
    assert job.heartbeat_at is not None
