"""A database that hangs up, or is locked for too long, costs time and no work: the job waits for its lease to end."""

import sqlite3
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from time import sleep

import psycopg2
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from generation.actions.drawing import draw_job
from generation.actions.ending import end_noted
from generation.actions.leasing import lease_kept
from generation.actions.pipelines import pipeline_of
from generation.models import GeneratedImage, Job
from lungstudy.jobs.models import MAX_ATTEMPTS, JobState
from tests.factories import JobFactory
from tests.generation.test_leasing import until

pytestmark = pytest.mark.django_db(transaction=True)
HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@contextmanager
def locked_file():
    """SQLite: somebody else writes, for longer than anybody waits."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


@contextmanager
def ended_connections():
    """Postgres: what a restart does to everybody who is connected."""
    where = connection.settings_dict
    other = psycopg2.connect(dbname=where["NAME"], user=where["USER"], host=where["OPTIONS"]["host"])
    other.cursor().execute(HANG_UP, [where["NAME"]])
    yield
    other.close()


@pytest.fixture
def away(monkeypatch):
    """Takes the database away until the block ends; SQLite waits for others 20 s, which a test need not."""
    if connection.vendor == "postgresql":
        return ended_connections
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    connection.close()
    return locked_file


def pixels(batch) -> list[str]:
    images = GeneratedImage.objects.filter(job__batch=batch).order_by("index")
    return list(images.values_list("image__pixel_sha256", flat=True))


def assert_the_next_worker_draws_it(job: Job, undisturbed) -> None:
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.RUNNING, "")
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert draw_job(job.pk)
    draw_job(undisturbed.jobs.get().pk)
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert pixels(job.batch) == pixels(undisturbed)


def test_a_job_that_loses_the_database_while_it_draws_is_drawn_by_the_next_worker(new_batch, generator, away):
    job, unet = new_batch().jobs.get(), pipeline_of(generator).unet
    with ExitStack() as until_drawn:

        def take_it_away(*_inputs) -> None:
            hook.remove()
            until_drawn.enter_context(away())

        hook = unet.register_forward_pre_hook(take_it_away)
        assert draw_job(job.pk)
    assert_the_next_worker_draws_it(job, new_batch())


def test_a_job_that_loses_the_database_while_it_is_stored_is_drawn_by_the_next_worker(new_batch, away):
    def store(work) -> None:
        with away():
            work()

    job = new_batch().jobs.get()
    assert draw_job(job.pk, store)
    assert_the_next_worker_draws_it(job, new_batch())


def test_the_lease_is_renewed_again_once_the_database_answers(settings, away):
    settings.LEASE_SECONDS = 2
    job = Job.objects.claim(JobFactory().pk)
    with lease_kept(job):
        until(lambda: Job.objects.get().lease_until > job.lease_until)  # by now the second thread is connected
        with away():
            sleep(1)
        connection.close()
        since = timezone.now()
        until(lambda: Job.objects.get().heartbeat_at > since)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (OperationalError("server closed the connection unexpectedly"), JobState.RUNNING),
        (InterfaceError("connection already closed"), JobState.RUNNING),
        (OperationalError("database or disk is full"), JobState.FAILED),
        (ValueError("something else"), JobState.FAILED),
    ],
)
def test_only_a_database_that_is_away_is_waited_for(error, state):
    job = Job.objects.claim(JobFactory().pk)
    with end_noted(job):
        raise error
    assert Job.objects.get().state == state


def test_a_job_that_loses_the_database_every_time_is_given_up_in_the_end():
    job = JobFactory()
    for _ in range(MAX_ATTEMPTS):
        with end_noted(Job.objects.claim(job.pk)):
            raise OperationalError("server closed the connection unexpectedly")
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert Job.objects.claim(job.pk) is None
    job.refresh_from_db()
    assert (job.state, "lost the database" in job.reason) == (JobState.FAILED, True)
