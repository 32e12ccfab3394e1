"""What beat and pages ask a worker to do for studies; each task is safe to run twice."""

from celery import shared_task

from reader.actions.lifecycle import delete_past_retention
from reader.actions.sealing import render_and_seal
from reader.models import Sealing


@shared_task
def run_sealing(sealing_id: int) -> None:
    """Render and seal one study; a second delivery finds nothing left to do."""
    sealing = Sealing.objects.claim(sealing_id)
    if sealing is not None:
        render_and_seal(sealing=sealing)


@shared_task
def wake_waiting_sealings() -> None:
    """Send every sealing that waits, or whose worker died, to a worker again."""
    for pk in Sealing.objects.claimable().values_list("pk", flat=True):
        run_sealing.delay(pk)


@shared_task
def delete_studies_past_retention() -> None:
    """Delete what was to be kept for a time only."""
    delete_past_retention()
