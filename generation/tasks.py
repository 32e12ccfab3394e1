"""Wake-ups for generation's workers; what there is to do is in the job rows."""

from celery import shared_task

from generation.actions.drawing import draw_job
from generation.actions.waking import jobs_to_wake


@shared_task(acks_late=True)
def run_job(job_id: int) -> None:
    """Draw the images of one job; a second delivery finds nothing left to do."""
    draw_job(job_id)


@shared_task
def wake_waiting_jobs() -> None:
    """Send again the wake-ups that a killed worker may have taken with it."""
    for job_id in jobs_to_wake():
        run_job.delay(job_id)
