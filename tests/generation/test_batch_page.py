"""A batch's page: the answer first, then the pictures; live while it runs, silent once it is done."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from generation.actions.drawing import draw_now, draw_what_can_be, steps_told
from generation.actions.given_pictures import keep_image
from generation.actions.material import material_of
from generation.actions.pipelines import pipeline_of
from generation.diffusion.attention.wanted import NO_ATTENTION
from generation.diffusion.recipe import Start
from generation.models import Batch, GeneratedImage, Job
from generation.reports.progress import PAGE, BatchProgress
from lungstudy.jobs.models import JobState
from tests.factories import BatchFactory, GeneratedImageFactory, JobFactory, ResearcherFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    client.force_login(ResearcherFactory())

    def fetch(batch: Batch, rest: str = "") -> str:
        answer = client.get(f"/generation/{batch.token}/{rest}")
        assert answer.status_code == 200
        return answer.content.decode()

    return fetch


def jobs(batch: Batch, *states: str, **more) -> list[Job]:
    return [JobFactory(batch=batch, first_index=4 * number, state=state, **more) for number, state in enumerate(states)]


@pytest.mark.parametrize(
    ("states", "headline"),
    [
        (["queued", "queued"], "Waiting for a worker"),
        (["running", "queued"], "Drawing"),
        (["done", "failed"], "Ended with failures"),
        (["done", "cancelled"], "Cancelled"),
    ],
)
def test_the_page_leads_with_the_state_of_the_batch(page, states, headline):
    batch = BatchFactory(count=8)
    jobs(batch, *states)
    assert f"{headline}: 0 of 8 images" in page(batch)


def test_a_drawn_batch_is_done_and_asks_no_more(page, new_batch):
    batch = new_batch(count=5)
    draw_now(batch)
    shown = page(batch)
    assert "Done: 5 of 5 images" in shown
    assert "every 2s" not in shown
    assert shown.count('class="tile"') == 5


def test_a_running_batch_asks_again_every_two_seconds(page):
    batch = BatchFactory()
    jobs(batch, "running")
    assert 'hx-trigger="every 2s"' in page(batch)
    assert "Cancel the rest" in page(batch)


def test_new_pictures_come_with_the_progress_and_only_then(page):
    batch = BatchFactory(count=8)
    job, _ = jobs(batch, "running", "queued")
    GeneratedImageFactory(job=job, index=0, recipe={"seed": 100})
    assert 'hx-swap-oob="true"' in page(batch, "progress/?drawn=0")
    assert 'hx-swap-oob="true"' not in page(batch, "progress/?drawn=1")


def test_steps_rate_and_time_left_follow_from_what_is_stored():
    batch = BatchFactory(count=12, steps=10)
    done, running, _ = jobs(batch, "done", "running", "queued")
    Job.objects.filter(pk=running.pk).update(step=5)
    for index in range(4):
        GeneratedImageFactory(job=done, index=index, seconds=0.5)
    progress = BatchProgress(batch)
    assert (progress.steps_done, progress.steps_total) == (15, 30)
    assert progress.images_per_second == pytest.approx(2.0)
    assert progress.time_left == timedelta(seconds=4)
    assert progress.time_left_in_words == "4 s"


def test_steps_are_those_that_are_taken_in_every_group_of_every_job():
    batch = BatchFactory(count=12, steps=10, start={"image_sha256": "0" * 64, "strength": 0.5})
    _, running, _ = jobs(batch, "done", "running", "queued")
    Job.objects.filter(pk=running.pk).update(batch_shape=2, step=7)  # two groups of two, five steps each
    progress = BatchProgress(batch)
    assert (progress.steps_done, progress.steps_total) == (5 + 7, 5 + 10 + 5)
    Job.objects.update(state=JobState.DONE)
    progress = BatchProgress(batch)
    assert progress.steps_done == progress.steps_total


def test_a_changed_image_counts_the_steps_it_takes_over_its_groups(new_batch, generator):
    start = keep_image(pixels=np.full((64, 64), 80, dtype=np.uint8), source=None)
    batch = new_batch(count=4, steps=4, start=Start(start.sha256, 0.5))
    job = Job.objects.claim(batch.jobs.get().pk)
    job.draw_at(2)
    counted: list[int] = []
    recipes = [job.recipe(index) for index in job.indexes]
    draw_what_can_be(pipeline_of(generator), recipes, counted.append, material_of(batch), NO_ATTENTION)
    assert counted == [1, 2, 3, 4]
    assert BatchProgress(batch).steps_total == 2 * 2


def test_a_job_that_is_gone_on_with_counts_from_what_is_behind_it(new_batch):
    job = Job.objects.claim(new_batch(count=4, steps=6).jobs.get().pk)
    job.draw_at(2)
    steps_told(job, [2, 3])(1)
    assert Job.objects.get().step == 6 + 1


@pytest.mark.parametrize(("seconds_each", "words"), [(2.5, "20 s"), (60, "8 min"), (1000, "2 h 13 min")])
def test_time_left_is_said_in_words(seconds_each, words):
    batch = BatchFactory(count=12)
    done, _, _ = jobs(batch, "done", "running", "queued")
    for index in range(4):
        GeneratedImageFactory(job=done, index=index, seconds=seconds_each)
    assert BatchProgress(batch).time_left_in_words == words


def test_nothing_is_promised_before_the_first_image():
    batch = BatchFactory()
    jobs(batch, "running")
    assert BatchProgress(batch).time_left is None


def test_a_failed_job_says_why_once_and_offers_a_retry(page):
    batch = BatchFactory(count=8)
    jobs(batch, "failed", "failed", reason="The disk is full.")
    shown = page(batch)
    assert "2 jobs failed: The disk is full. Images already stored stay." in shown
    assert "Retry what failed" in shown


def test_without_a_sign_of_any_worker_the_page_says_so_after_a_while(page):
    batch = BatchFactory()
    jobs(batch, "queued")
    assert "No worker is running" not in page(batch)
    Job.objects.update(queued_at=timezone.now() - timedelta(seconds=21))
    assert "No worker is running" in page(batch)
    other = JobFactory(state=JobState.DONE, heartbeat_at=timezone.now())
    assert "No worker is running" not in page(batch)
    # A big model may take a minute from one sign to the next; its lease says that it is at work.
    Job.objects.filter(pk=other.pk).update(
        state=JobState.RUNNING,
        heartbeat_at=timezone.now() - timedelta(seconds=50),
        lease_until=timezone.now() + timedelta(9),
    )
    assert "No worker is running" not in page(batch)


def test_phantoms_are_called_phantoms(page):
    batch = BatchFactory(generator__phantoms=True, dataset__phantoms=True)
    assert "trained on computer-drawn phantoms only" in page(batch)
    assert "phantoms" not in page(BatchFactory())


def test_a_long_gallery_comes_in_pages(page):
    batch = BatchFactory(count=PAGE + 2)
    (job,) = jobs(batch, "done")
    for index in range(PAGE + 2):
        GeneratedImageFactory(job=job, index=index, recipe={"seed": index})
    assert page(batch).count('class="tile"') == PAGE
    assert page(batch, f"more/?start={PAGE}").count('class="tile"') == 2
    assert page(batch, "more/?start=nonsense").count('class="tile"') == PAGE


def test_the_recipe_of_an_image_is_shown_whole(page, client, new_batch):
    batch = new_batch(count=1)
    draw_now(batch)
    drawn = GeneratedImage.objects.get()
    shown = client.get(f"/generation/images/{drawn.image.token}/").content.decode()
    for name in batch.recipe(0).as_json():
        assert f">{name}</th>" in shown
    assert f'href="/images/{drawn.image.token}/"' in shown
    assert "torch" in shown


def test_a_prompt_is_shown_as_it_was_typed_and_never_run(page):
    assert "&lt;script&gt;alert(1)" in page(BatchFactory(line__prompt="<script>alert(1)</script>"))


def test_the_list_leads_with_the_newest_batch(client, page):
    for prompt in ("prompt one", "prompt two", "prompt three"):
        BatchFactory(line__prompt=prompt)
    shown = client.get("/generation/").content.decode()
    assert shown.index("prompt three") < shown.index("prompt two") < shown.index("prompt one")


def test_the_list_says_what_to_do_when_it_is_empty_and_costs_the_same_when_full(
    client, page, django_assert_max_num_queries
):
    assert "No batch yet" in client.get("/generation/").content.decode()
    for _ in range(12):
        jobs(BatchFactory(), "queued", "failed")
    with django_assert_max_num_queries(8):
        shown = client.get("/generation/").content.decode()
    assert shown.count("<tr>") == 13
