"""Ask for a training, stop one, and let one that stopped go on."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.actions.training_orders import (
    Chosen,
    TrainingError,
    TrainingOrder,
    cautions,
    chosen_images,
    refuse_unfit_order,
)
from generation.actions.training_samples import prompt_from
from generation.diffusion.learning.plan import LearningPlan, plan_from
from generation.models import TrainingImage, TrainingRun
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState


def queue_training(*, order: TrainingOrder, request_key: UUID, by: User | None) -> TrainingRun:
    """Store the run with exactly its images and captions; the same `request_key` gives the run that is there already.

    Raises
    ------
    DiffusionError
        With the sentence to show.
    """
    if already := TrainingRun.objects.filter(request_key=request_key).first():
        return already
    refuse_unfit_order(order)
    chosen = chosen_images(order)
    try:
        with transaction.atomic():
            run = _stored_run(order, chosen, request_key, by)
            TrainingImage.objects.bulk_create(TrainingImage(run=run, **vars(one)) for one in chosen)
            record_event(
                verb="queued a training", by=by, target=run, kind=run.kind, images=len(chosen),
                generator=order.generator.name if order.generator else "",
            )  # fmt: skip
            return run
    except IntegrityError:
        if already := TrainingRun.objects.filter(request_key=request_key).first():
            return already  # the other click of a double click came first
        raise


def _stored_run(order: TrainingOrder, chosen: list[Chosen], request_key: UUID, by: User | None) -> TrainingRun:
    run = TrainingRun.objects.create(
        name=order.name,
        kind=order.plan.kind,
        generator=order.generator,
        request_key=request_key,
        seed=order.plan.seed,
        total=order.plan.total_steps,
        options={
            "plan": order.plan.as_json(),
            "template": order.template,
            "finding": order.finding,
            "held_out_share": order.held_out_share,
            "sample_prompt": order.sample_prompt or prompt_from(chosen[0].caption, order.plan, order.generator),
            "phantoms": order.phantoms,
            "cautions": cautions(order, chosen),
        },
        created_by=by,
    )
    run.datasets.set(order.datasets)
    return run


def plan_of(run: TrainingRun) -> LearningPlan:
    """The plan that the run was queued with."""
    return plan_from(run.options["plan"])


@transaction.atomic
def cancel_training(*, run: TrainingRun, by: User) -> None:
    """Stop at once what waits, and at its next step what runs; the checkpoint stays, so that it can go on."""
    if TrainingRun.objects.filter(pk=run.pk).ask_to_stop():
        record_event(verb="cancelled a training", by=by, target=run, step=run.done)


@transaction.atomic
def resume_training(*, run: TrainingRun, by: User | None) -> None:
    """Queue a failed or cancelled run again; it goes on from its last checkpoint.

    Raises
    ------
    TrainingError
        It neither failed nor was cancelled.
    """
    if not TrainingRun.objects.filter(pk=run.pk).queue_again():
        raise TrainingError(f"“{run.name}” neither failed nor was cancelled, so there is nothing to go on with.")
    record_event(verb="resumed a training", by=by, target=run, step=run.checkpoint_step)


def runs_to_wake() -> list[int]:
    """Runs to tell a worker of again; those that wait while another trains have their own message in the broker."""
    runs = TrainingRun.objects.claimable()
    if TrainingRun.objects.filter(state=JobState.RUNNING, lease_until__gte=timezone.now()).exists():
        runs = runs.filter(state=JobState.RUNNING)
    return list(runs.values_list("pk", flat=True))
