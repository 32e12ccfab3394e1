"""Wake-ups that were lost are sent again, and a night without a worker does not fill the broker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.actions.waking import LONGEST_PAUSE, MOST_AT_ONCE, jobs_to_wake
from generation.models import Job
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
