"""Wake-ups for generation's workers; what there is to do is in the job rows."""

from celery import shared_task

from generation.actions.downloading import bring_model
from generation.actions.drawing import draw_next
from generation.actions.experiment_running import run_experiment
from generation.actions.mask_run_running import run_masks
from generation.actions.measuring import measure_run
from generation.actions.storing_beside import StoringBeside
from generation.actions.training_queueing import runs_to_wake
from generation.actions.training_running import train_run
from generation.actions.waking import jobs_to_wake
from generation.models import Download, Experiment, MaskRun, QualityRun

WAKE_UP_EXPIRES_SECONDS = 10
STORING = StoringBeside()


@shared_task(acks_late=True)
def run_job(job_id: int) -> None:  # noqa: ARG001 - whose message this is, for whoever looks into the broker
    """Draw the job that comes first in the queue; a message too many finds nothing left to do."""
    draw_next(STORING)


@shared_task
def wake_waiting_jobs() -> None:
    """Send again the wake-ups that a killed worker may have taken with it."""
    for job_id in jobs_to_wake():
        run_job.delay(job_id)


@shared_task(acks_late=True)
def run_download(download_id: int) -> None:
    """Bring one model here; a second delivery finds nothing left to do."""
    bring_model(download_id)


@shared_task
def wake_waiting_downloads() -> None:
    """Send for every download that waits, or whose worker died; a wake-up nobody took by the next beat is dropped."""
    for pk in Download.objects.claimable().values_list("pk", flat=True):
        run_download.apply_async((pk,), expires=WAKE_UP_EXPIRES_SECONDS)


@shared_task(acks_late=True)
def train(run_id: int) -> None:
    """Train one run; a second delivery finds nothing left to do."""
    train_run(run_id)


@shared_task
def wake_waiting_trainings() -> None:
    """Send for every run that waits, or whose worker died; a wake-up nobody took by the next beat is dropped."""
    for pk in runs_to_wake():
        train.apply_async((pk,), expires=WAKE_UP_EXPIRES_SECONDS)


@shared_task(acks_late=True)
def measure_quality(run_id: int) -> None:
    """Do one quality run; a second delivery finds nothing left to do."""
    measure_run(run_id)


@shared_task
def wake_waiting_quality_runs() -> None:
    """Send for every run that waits, or whose worker died; a wake-up nobody took by the next beat is dropped."""
    for pk in QualityRun.objects.claimable().values_list("pk", flat=True):
        measure_quality.apply_async((pk,), expires=WAKE_UP_EXPIRES_SECONDS)


@shared_task(acks_late=True)
def experiment(experiment_id: int) -> None:
    """Train what one experiment lacks; a second delivery finds nothing left to do."""
    run_experiment(experiment_id)


@shared_task
def wake_waiting_experiments() -> None:
    """Send for every experiment that waits, or whose worker died; a wake-up nobody took by the next beat is dropped."""
    for pk in Experiment.objects.claimable().values_list("pk", flat=True):
        experiment.apply_async((pk,), expires=WAKE_UP_EXPIRES_SECONDS)


@shared_task(acks_late=True)
def make_masks(run_id: int) -> None:
    """Make one run's masks; a second delivery finds nothing left to do."""
    run_masks(run_id)


@shared_task
def wake_waiting_mask_runs() -> None:
    """Send for every run that waits, or whose worker died; a wake-up nobody took by the next beat is dropped."""
    for pk in MaskRun.objects.claimable().values_list("pk", flat=True):
        make_masks.apply_async((pk,), expires=WAKE_UP_EXPIRES_SECONDS)
