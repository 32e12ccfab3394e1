"""Every leased job stops and starts anew in one way, whatever its work is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation.models import Batch, Job
from lungstudy.jobs.models import JobState
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs() -> dict[str, Job]:
    """One in each state, and one whose worker died."""
    later, earlier = timezone.now() + timedelta(minutes=1), timezone.now() - timedelta(minutes=1)
    found = {state: JobFactory(state=state, attempts=2, reason="why", started_at=earlier) for state in JobState.values}
    found["dead"] = JobFactory(state=JobState.RUNNING, lease_until=earlier)
    Job.objects.filter(pk=found["running"].pk).update(lease_until=later)
    return found


def states(jobs: dict[str, Job]) -> dict[str, str]:
    return {name: Job.objects.get(pk=job.pk).state for name, job in jobs.items()}


def test_what_waits_or_lost_its_worker_is_cancelled_at_once_and_what_runs_is_asked(jobs):
    assert Job.objects.all().ask_to_stop() == 3
    assert states(jobs) == {
        "queued": "cancelled", "dead": "cancelled", "running": "running", "done": "done", "failed": "failed",
        "cancelled": "cancelled",
    }  # fmt: skip
    asked = Job.objects.filter(cancel_requested=True)
    assert [job.pk for job in asked] == [jobs["running"].pk]


def test_what_no_worker_may_take_can_be_stopped_all_the_same(jobs):
    Batch.objects.update(paused_at=timezone.now())
    assert not Job.objects.claimable().exists()
    Job.objects.all().ask_to_stop()
    assert states(jobs)["queued"] == "cancelled"


def test_what_ended_early_waits_again_as_if_never_tried(jobs):
    Job.objects.filter(pk=jobs["cancelled"].pk).update(cancel_requested=True)
    assert Job.objects.all().queue_again(step=0) == 2
    expected = {"queued": "queued", "failed": "queued", "cancelled": "queued", "done": "done", "running": "running"}
    assert states(jobs) == {**expected, "dead": "running"}
    for name in ("failed", "cancelled"):
        job = Job.objects.get(pk=jobs[name].pk)
        tried = (job.attempts, job.reason, job.cancel_requested, job.started_at, job.finished_at, job.lease_until)
        assert tried == (0, "", False, None, None, None)
    assert Job.objects.get(pk=jobs["done"].pk).attempts == 2
