"""Which jobs to tell a worker about again, because the message about them may have been lost with a worker."""

from datetime import datetime, timedelta

from django.utils import timezone

from generation.models import Job
from lungstudy.jobs.models import JobState

# Enough to occupy the workers of a site; whatever these leave waiting is woken when they are done.
MOST_AT_ONCE = 8
SHORTEST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)


def jobs_to_wake() -> list[int]:
    """Keys of jobs worth a message now, oldest first; notes that they were woken.

    Jobs that wait while others run are left alone: their own messages are still in the broker. Where no worker takes
    them the pause doubles, so that a night without a worker does not fill the broker.
    """
    now = timezone.now()
    candidates = Job.objects.claimable()
    if Job.objects.on_a_worker().exists():
        candidates = candidates.filter(state=JobState.RUNNING)
    due = [job.pk for job in candidates[:MOST_AT_ONCE] if wake_at(job) <= now]
    Job.objects.filter(pk__in=due).update(woken_at=now)
    return due


def wake_at(job: Job) -> datetime:
    """When a job that nobody took deserves another message."""
    claimable_since = job.lease_until or job.queued_at
    if job.woken_at < claimable_since:
        return claimable_since
    waited = job.woken_at - claimable_since
    return job.woken_at + min(max(waited, SHORTEST_PAUSE), LONGEST_PAUSE)
