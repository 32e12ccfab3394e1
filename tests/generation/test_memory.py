"""A worker that cannot hold as many images at once draws fewer, says so on each image, and gives up at one."""

import csv
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
import torch
from django.core.management import CommandError, call_command
from django.db.models.signals import post_save
from django.utils import timezone

from generation.actions.drawing import at_once, draw_job, draw_now
from generation.actions.pipelines import KEPT, pipeline_of
from generation.actions.registering import Registration, register_generator
from generation.diffusion.errors import DiffusionError
from generation.models import GeneratedImage, Job
from generation.reports.progress import BatchProgress
from lungstudy.jobs.models import JobState
from tests.generation.diffusion.tiny_models import save_tiny

pytestmark = pytest.mark.django_db
GUIDED = 2  # the denoiser sees each image with its prompt and without


@pytest.fixture
def room(generator):
    """The tiny model on a machine that holds so many images at once, and raises what such a machine does."""
    hooks = []

    def for_images(most: int, error: Exception) -> None:
        def refuse(_unet, inputs) -> None:
            if len(inputs[0]) > GUIDED * most:
                raise error

        hooks.append(pipeline_of(generator).unet.register_forward_pre_hook(refuse))

    yield for_images
    for hook in hooks:
        hook.remove()


@pytest.fixture
def other_model(tmp_path):
    return register_generator(wanted=Registration(name="other", source=str(save_tiny(tmp_path / "other"))), by=None)


class KilledError(BaseException):
    """What nobody catches, as the kernel's SIGKILL."""


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory: you tried to allocate"),
    ],
    ids=["graphics card", "python", "processor"],
)
def test_a_batch_that_does_not_fit_is_drawn_with_fewer_at_once_and_every_image_says_so(new_batch, room, error):
    room(2, error)
    batch = new_batch(count=6)
    draw_now(batch)
    stored = list(GeneratedImage.objects.order_by("index"))
    assert [one.recipe["batch_shape"] for one in stored] == [2] * 6
    assert [one.recipe["seed"] for one in stored] == [100, 101, 102, 103, 104, 105]
    assert stored[5].recipe_sha256 == replace(batch.recipe(5), batch_shape=2).sha256()
    assert {job.state for job in batch.jobs.all()} == {JobState.DONE}


def test_what_waits_is_planned_anew_before_a_worker_fails_on_it(new_batch, room, client, researcher):
    room(2, MemoryError())
    batch = new_batch(count=12)
    first, *waiting = batch.jobs.order_by("first_index")
    draw_job(first.pk)
    assert [job.batch_shape for job in batch.jobs.order_by("first_index")] == [2, 2, 2]
    assert {job.state for job in batch.jobs.filter(pk__in=[job.pk for job in waiting])} == {JobState.QUEUED}
    client.force_login(researcher)
    shown = client.get(f"/generation/{batch.token}/").content.decode()
    assert "so some were drawn 2 at once" in shown


def test_a_size_of_which_not_one_fits_fails_with_what_to_do_and_stores_nothing(new_batch, room):
    room(0, MemoryError())
    batch = new_batch()
    with pytest.raises(DiffusionError, match="too little memory for one image of this size; draw smaller ones"):
        draw_now(batch)
    assert batch.jobs.get().batch_shape == 1
    assert not GeneratedImage.objects.exists()


def dies(job, attempts: int = 1, store=at_once) -> None:
    """Whoever draws it is killed; its lease is over."""
    for _ in range(attempts):
        with suppress(KilledError):
            draw_job(job.pk, store)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def shapes() -> list[int]:
    return [one.recipe["batch_shape"] for one in GeneratedImage.objects.order_by("index")]


def test_from_the_third_attempt_on_a_job_whose_workers_are_killed_is_drawn_fewer_at_once(new_batch, room):
    room(1, KilledError())
    first, waiting = new_batch(count=8).jobs.order_by("first_index")
    dies(first, attempts=2)
    assert Job.objects.get(pk=first.pk).shape == 4, (
        "one dead worker may be a mishap, and the next draws the same pixels"
    )
    dies(first)
    assert [Job.objects.get(pk=job.pk).shape for job in (first, waiting)] == [2, 2]
    draw_job(first.pk)
    assert shapes() == [1] * 4
    assert Job.objects.get(pk=first.pk).state == JobState.DONE


def test_images_that_a_killed_worker_stored_keep_the_number_they_were_drawn_with(new_batch):
    job = new_batch().jobs.get()
    kept = [4, 4]

    def killed_after_two(work) -> None:
        post_save.connect(count_down, sender=GeneratedImage)
        work()

    def count_down(**_signal) -> None:
        if GeneratedImage.objects.count() > len(kept):
            raise KilledError

    dies(job, store=killed_after_two)
    dies(job, store=killed_after_two)
    post_save.disconnect(count_down, sender=GeneratedImage)
    draw_job(job.pk)
    assert shapes() == [*kept, 2, 2]


def test_a_single_image_is_tried_once_more_without_the_other_models(new_batch, generator, other_model, settings):
    settings.BATCH_SHAPE, settings.MODEL_MEMORY_MB = 1, 100
    batch = new_batch(count=1)
    pipeline_of(other_model)

    def refuse_beside_others(_unet, _inputs) -> None:
        if len(KEPT.folders) > 1:
            raise MemoryError

    hook = pipeline_of(generator).unet.register_forward_pre_hook(refuse_beside_others)
    draw_now(batch)
    hook.remove()
    assert KEPT.folders == [generator.source]
    assert shapes() == [1]
    assert BatchProgress(batch).smaller_shapes == []


def test_a_batch_that_fits_keeps_its_shape(new_batch, room):
    room(4, MemoryError())
    batch = new_batch()
    draw_now(batch)
    assert GeneratedImage.objects.first().recipe["batch_shape"] == 4
    assert BatchProgress(batch).smaller_shapes == []


def test_the_command_draws_fewer_at_once_too_and_every_row_says_so(generator, room, tmp_path):
    room(2, MemoryError())
    said = StringIO()
    asked = {"model": "tiny", "prompt": "normal", "count": 5, "seed": 100, "steps": 2}
    call_command("generate", **asked, out=tmp_path, stderr=said)
    with (tmp_path / "recipes.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert [(row["file"], row["batch_shape"]) for row in rows] == [(f"{100 + n}.png", "2") for n in range(5)]
    assert "do not fit into memory, so 2 are drawn at once from here on." in said.getvalue()


def test_the_command_says_in_one_sentence_that_not_one_image_fits_and_leaves_nothing(generator, room, tmp_path):
    room(0, MemoryError())
    asked = {"model": "tiny", "prompt": "normal", "count": 2, "steps": 2}
    with pytest.raises(CommandError, match="too little memory for one image of this size by this model; draw smaller"):
        call_command("generate", **asked, out=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_models_stay_loaded_as_far_as_memory_goes_and_the_one_not_used_for_longest_goes_first(
    generator, tmp_path, settings
):
    wanted = [Registration(name=name, source=str(save_tiny(tmp_path / name))) for name in ("two", "three")]
    one, (two, three) = generator, [register_generator(wanted=each, by=None) for each in wanted]
    settings.MODEL_MEMORY_MB = 0  # one at a time
    assert pipeline_of(one) is pipeline_of(one)
    pipeline_of(two)
    assert KEPT.folders == [two.source]

    settings.MODEL_MEMORY_MB = 2  # each has weights of 0.76 MB
    kept = pipeline_of(one)
    assert KEPT.folders == [two.source, one.source]
    pipeline_of(two)
    pipeline_of(three)
    assert KEPT.folders == [two.source, three.source]
    assert pipeline_of(one) is not kept
