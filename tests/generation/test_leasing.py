"""A job is held while it is drawn, however long one step takes, and let go as soon as somebody else has it."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from generation.actions.drawing import draw_job
from generation.actions.leasing import every_second, lease_kept
from generation.actions.queue_order import cancel_batch
from generation.models import GeneratedImage, Job
from lungstudy.jobs.models import JobState
from tests.factories import JobFactory


def until(condition) -> None:
    """Wait for another thread; a wait that never ends fails by the test's own limit."""
    for _ in range(600):
        if condition():
            return
        threading.Event().wait(0.1)
    pytest.fail("nothing happened for a minute")


@pytest.mark.django_db(transaction=True)
def test_a_step_longer_than_the_lease_keeps_the_job(settings):
    settings.LEASE_SECONDS = 1
    job = Job.objects.claim(JobFactory().pk)
    first = job.lease_until
    with lease_kept(job):
        until(lambda: Job.objects.get().lease_until > first + timedelta(seconds=1))
        assert Job.objects.claim(job.pk) is None


@pytest.mark.django_db(transaction=True)
def test_the_lease_runs_out_once_nobody_draws(settings):
    settings.LEASE_SECONDS = 1
    job = Job.objects.claim(JobFactory().pk)
    with lease_kept(job):
        pass
    until(lambda: Job.objects.claimable().exists())


def meanwhile(act) -> threading.Thread:
    """Act from another thread as soon as the drawing has taken a step, as another process would."""

    def wait_and_act() -> None:
        until(lambda: Job.objects.filter(step__gt=0).exists())
        act()
        connection.close()

    acting = threading.Thread(target=wait_and_act)
    acting.start()
    return acting


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_job_stores_nothing_more(new_batch):
    job = new_batch(steps=900).jobs.get()

    def take_over() -> None:
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert Job.objects.claim(job.pk)

    other = meanwhile(take_over)
    draw_job(job.pk)
    other.join()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING, "it is the other worker's to end"
    assert not GeneratedImage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_cancel_in_the_middle_of_the_drawing_stores_no_half_image(new_batch, researcher):
    batch = new_batch(steps=900)
    other = meanwhile(lambda: cancel_batch(batch=batch, by=researcher))
    draw_job(batch.jobs.get().pk)
    other.join()
    assert batch.jobs.get().state == JobState.CANCELLED
    assert not GeneratedImage.objects.exists()


def test_a_fast_model_reports_its_first_step_and_then_at_most_one_a_second():
    steps = []
    report = every_second(steps.append)
    for step in range(1, 1000):
        report(step)
    assert steps[0] == 1
    assert len(steps) < 20
