"""Wake-ups for imports; what there is to do is in the database."""

from celery import shared_task

from lungstudy.library.actions.importing import import_images
from lungstudy.library.models import ImportRun

WAKE_UP_EXPIRES_SECONDS = 10


@shared_task(acks_late=True)
def run_import(run_id: int) -> None:
    """Do one import; a second delivery finds nothing left to do."""
    run = ImportRun.objects.claim(run_id)
    if run is not None:
        import_images(run=run)


@shared_task
def wake_waiting_imports() -> None:
    """Send for every run that waits, or whose worker died; a wake-up nobody took by the next beat is dropped."""
    for pk in ImportRun.objects.claimable().values_list("pk", flat=True):
        run_import.apply_async((pk,), expires=WAKE_UP_EXPIRES_SECONDS)
