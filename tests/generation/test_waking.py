"""Wake-ups that were lost are sent again, and a night without a worker does not fill the broker."""

from datetime import timedelta

import pytest
from celery import Celery
from django.contrib.messages.storage.cookie import CookieStorage
from django.utils import timezone

from generation.actions.waking import LONGEST_PAUSE, MOST_AT_ONCE, jobs_to_wake
from generation.models import Job
from generation.views.waking import wake
from lungstudy.jobs.models import JobState
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db


def ago(**much):
    return timezone.now() - timedelta(**much)


def waiting(**times):
    return JobFactory(**{"queued_at": ago(minutes=5), "woken_at": ago(minutes=5), **times})


def test_a_job_just_queued_is_left_to_its_own_message():
    JobFactory()
    assert jobs_to_wake() == []


def test_a_job_that_nobody_took_is_woken_once_for_a_while():
    job = waiting()
    assert jobs_to_wake() == [job.pk]
    assert jobs_to_wake() == []


def test_a_job_whose_worker_died_is_woken_at_once():
    job = JobFactory(state=JobState.RUNNING, lease_until=ago(seconds=1), woken_at=ago(minutes=1))
    assert jobs_to_wake() == [job.pk]


def test_jobs_that_wait_behind_a_working_worker_are_left_alone():
    waiting()
    JobFactory(state=JobState.RUNNING, lease_until=timezone.now() + timedelta(minutes=1))
    assert jobs_to_wake() == []


def test_finished_jobs_are_never_woken():
    for state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        waiting(state=state)
    assert jobs_to_wake() == []


def test_few_are_woken_at_a_time():
    for _ in range(MOST_AT_ONCE + 3):
        waiting()
    assert len(jobs_to_wake()) == MOST_AT_ONCE


def test_the_pause_doubles_up_to_its_end():
    job = waiting(queued_at=ago(minutes=9), woken_at=ago(minutes=5))
    assert jobs_to_wake() == [job.pk]
    Job.objects.update(queued_at=ago(minutes=9), woken_at=ago(minutes=4))
    assert jobs_to_wake() == []
    Job.objects.update(queued_at=ago(days=2), woken_at=timezone.now() - LONGEST_PAUSE)
    assert jobs_to_wake() == [job.pk]


def draw(key):
    """A task whose message never arrives."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("missing", ["the folder that is the queue", "the server that is the queue"])
def test_a_page_whose_queue_does_not_answer_says_that_it_starts_later(missing, rf, tmp_path):
    folder = str(tmp_path / "nowhere")
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder}
    broker = "filesystem://" if "folder" in missing else "redis://127.0.0.1:1"
    app = Celery(broker=broker, task_cls="celery.contrib.django.task:DjangoTask", set_as_current=False)
    app.conf.update(broker_transport_options=options if "folder" in missing else {}, task_publish_retry=False)
    request = rf.get("/")
    request._messages = CookieStorage(request)
    wake(request, app.task(draw), [1])
    assert [str(one) for one in request._messages] == [
        "The queue does not answer just now; this is stored and starts when it does."
    ]
