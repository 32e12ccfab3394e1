"""Which batch is drawn first, which is held back, and what a worker does when a batch is paused under it."""

import threading
import uuid

import pytest
from django.db import connection

from generation.actions.drawing import draw_job, draw_next, draw_now, ended
from generation.actions.orders import QueueingError
from generation.actions.queue_order import cancel_batch, move_batch, pause_batch, resume_batch
from generation.actions.waking import jobs_to_wake
from generation.models import Batch, GeneratedImage, Job
from lungstudy.audit.models import Event
from lungstudy.jobs.models import JobState
from tests.factories import BatchFactory, GeneratedImageFactory, JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> list[Batch]:
    """Three batches that wait, in the order of their queueing."""
    return [JobFactory(batch=BatchFactory(line__prompt=name)).batch for name in ("one", "two", "three")]


def waiting() -> list[str]:
    """The queue as workers see it."""
    jobs = Job.objects.claimable().select_related("batch")
    return list(dict.fromkeys(job.batch.first_prompt for job in jobs))


def test_batches_are_drawn_as_they_were_queued_unless_one_is_asked_for_sooner(new_batch):
    later = new_batch(prompt="later", count=1, priority=-10)
    plain = new_batch(prompt="plain", count=1)
    soon = new_batch(prompt="soon", count=1, priority=10)
    drawn = []
    for _ in range(3):
        draw_next()
        drawn.append(GeneratedImage.objects.latest("pk").job.batch)
    assert drawn == [soon, plain, later]
    draw_next()
    assert GeneratedImage.objects.count() == 3


@pytest.mark.parametrize(
    ("which", "where", "order"),
    [
        (2, "first", ["three", "one", "two"]),
        (2, "up", ["one", "three", "two"]),
        (0, "down", ["two", "one", "three"]),
        (0, "up", ["one", "two", "three"]),
        (2, "down", ["one", "two", "three"]),
    ],
)
def test_a_batch_moves_to_where_it_is_sent(three, researcher, which, where, order):
    move_batch(batch=three[which], where=where, by=researcher)
    assert waiting() == order
    assert list(Batch.objects.waiting().values_list("lines__prompt", flat=True)) == order


def test_moves_hold_against_priorities_that_were_given(three, researcher):
    for rows in (Batch.objects.filter(pk=three[0].pk), three[0].jobs.all()):
        rows.update(priority=10)
    move_batch(batch=three[2], where="up", by=researcher)
    assert waiting() == ["one", "three", "two"]
    move_batch(batch=three[2], where="up", by=researcher)
    assert waiting() == ["three", "one", "two"]
    move_batch(batch=three[2], where="down", by=researcher)
    assert waiting() == ["one", "three", "two"]


def test_what_waits_no_longer_cannot_be_moved(three, researcher):
    cancel_batch(batch=three[0], by=researcher)
    with pytest.raises(QueueingError, match="does not wait any more"):
        move_batch(batch=three[0], where="up", by=researcher)


def test_no_worker_takes_a_job_of_a_paused_batch_or_is_woken_for_one(three, researcher):
    pause_batch(batch=three[0], by=researcher)
    job = three[0].jobs.get()
    assert Job.objects.claim(job.pk) is None
    assert waiting() == ["two", "three"]
    Job.objects.update(queued_at="2020-01-01T00:00Z", woken_at="2020-01-01T00:00Z")
    assert job.pk not in jobs_to_wake()

    assert resume_batch(batch=three[0], by=researcher) == [job.pk]
    assert waiting() == ["one", "two", "three"]
    assert list(Event.objects.about(three[0]).order_by("pk").values_list("verb", flat=True)) == [
        "paused a batch",
        "resumed a batch",
    ]


def test_a_cancelled_batch_is_not_paused_any_more(three, researcher):
    pause_batch(batch=three[0], by=researcher)
    cancel_batch(batch=three[0], by=researcher)
    assert Batch.objects.paused().count() == 0


def test_a_batch_paused_before_its_first_step_goes_back_with_nothing_stored(new_batch, researcher):
    """The pause comes between the claim and the first report, as it may at any step."""
    batch = new_batch()
    job = Job.objects.claim(batch.jobs.get().pk)
    pause_batch(batch=batch, by=researcher)
    assert ended(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (JobState.QUEUED, 0, None)
    assert not GeneratedImage.objects.exists()
    resume_batch(batch=batch, by=researcher)
    draw_now(batch)
    assert GeneratedImage.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_pause_in_the_middle_of_the_drawing_stores_no_half_image(new_batch, researcher):
    batch = new_batch(steps=900)

    def pause_soon() -> None:
        while not Job.objects.filter(step__gt=0).exists():
            threading.Event().wait(0.05)
        pause_batch(batch=batch, by=researcher)
        connection.close()

    other = threading.Thread(target=pause_soon)
    other.start()
    draw_job(batch.jobs.get().pk)
    other.join()
    assert batch.jobs.get().state == JobState.QUEUED
    assert not GeneratedImage.objects.exists()


def test_the_queues_page_moves_pauses_and_resumes(client, researcher, three):
    client.force_login(researcher)
    shown = client.get("/generation/").content.decode()
    assert shown.index("“one”") < shown.index("“two”") < shown.index("“three”")
    client.post(f"/generation/{three[2].token}/move/", {"where": "first"})
    assert waiting()[0] == "three"
    client.post(f"/generation/{three[2].token}/pause/")
    assert "Paused: 0 of 4 images" in client.get(f"/generation/{three[2].token}/").content.decode()
    client.post(f"/generation/{three[2].token}/resume/")
    assert "Waiting for a worker" in client.get(f"/generation/{three[2].token}/").content.decode()
    assert client.post(f"/generation/{three[2].token}/move/", {"where": "away"}).status_code == 404
    assert client.post(f"/generation/{uuid.uuid4()}/move/", {"where": "up"}).status_code == 404


def test_the_page_of_a_thousand_images_asks_as_much_as_that_of_ten(client, researcher, django_assert_max_num_queries):
    client.force_login(researcher)
    batch = BatchFactory(count=1000)
    for first in range(0, 1000, 4):
        job = JobFactory(batch=batch, first_index=first, state=JobState.DONE)
        if first < 200:
            [GeneratedImageFactory(job=job, index=first + at, recipe={"seed": at}) for at in range(4)]
    with django_assert_max_num_queries(12):
        shown = client.get(f"/generation/{batch.token}/").content.decode()
    assert shown.count('class="tile"') == 120
