"""Ask for an experiment, stop one, and let one that stopped go on."""

from uuid import UUID

from django.db import IntegrityError, transaction

from generation.actions.experiment_cautions import cautions
from generation.actions.experiment_orders import ExperimentError, ExperimentOrder, stratum_of
from generation.actions.experiment_planning import Plan, plan_of
from generation.models import Experiment, ExperimentImage
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event


def queue_experiment(*, order: ExperimentOrder, request_key: UUID, by: User | None) -> Experiment:
    """Store the experiment with exactly its images; the same `request_key` gives the one that is there already.

    Raises
    ------
    ExperimentError
        With the sentence to show.
    """
    if already := Experiment.objects.filter(request_key=request_key).first():
        return already
    plan = plan_of(order)
    try:
        with transaction.atomic():
            experiment = stored(order, plan, request_key, by)
            record_event(
                verb="queued an experiment", by=by, target=experiment, kind=experiment.kind, images=len(plan.placed),
                trainings=experiment.total,
            )  # fmt: skip
            return experiment
    except IntegrityError:
        if already := Experiment.objects.filter(request_key=request_key).first():
            return already  # the other click of a double click came first
        raise


def stored(order: ExperimentOrder, plan: Plan, request_key: UUID, by: User | None) -> Experiment:
    """The rows of an experiment."""
    experiment = Experiment.objects.create(
        name=order.name, kind=order.kind, request_key=request_key, finding=order.finding, seed=order.seed,
        total=len(plan.grid.cells()), options=options_of(order, plan), created_by=by,
    )  # fmt: skip
    experiment.real.set(order.real)
    experiment.synthetic.set(order.drawn)
    experiment.mask_sets.set(order.mask_sets)
    ExperimentImage.objects.bulk_create(
        ExperimentImage(
            experiment=experiment, image=one.image, split=purpose, stratum=stratum_of(one, order.stratify),
            label=one.label, mask_sha256=one.mask_sha256,
        )
        for one, purpose in plan.placed
    )  # fmt: skip
    return experiment


def options_of(order: ExperimentOrder, plan: Plan) -> dict[str, object]:
    """Everything else that decides the result, and what to keep in mind when it is read."""
    first = order.mask_sets[0] if order.mask_sets else None
    return {
        "arms": [str(arm) for arm in plan.grid.arms],
        "nets": list(plan.grid.nets),
        "numbers": list(plan.grid.numbers),
        "seeds": list(plan.grid.seeds),
        "learning": order.learning.as_json(),
        "stratify": list(order.stratify),
        "test": [dataset.name for dataset in order.test],
        "from_ten": order.from_ten.pk if order.from_ten else None,
        "against": order.against,
        "synthetic_finding": order.synthetic_finding,
        "synthetic_against": order.told_of_synthetic[1],
        "most_synthetic": order.most_synthetic,
        "test_share": order.test_share,
        "validate_share": order.validate_share,
        "structure": first.structure if first else "",
        "definition": first.get_definition_display() if first else "",
        "cautions": cautions(order, plan),
    }


@transaction.atomic
def cancel_experiment(*, experiment: Experiment, by: User) -> None:
    """Stop at once what waits, and at its next batch what runs; cells that are done stay."""
    if Experiment.objects.filter(pk=experiment.pk).ask_to_stop():
        record_event(verb="cancelled an experiment", by=by, target=experiment, done=experiment.done)


@transaction.atomic
def resume_experiment(*, experiment: Experiment, by: User | None) -> None:
    """Queue a failed or cancelled experiment again; it goes on with the cells that it lacks.

    Raises
    ------
    ExperimentError
        It neither failed nor was cancelled.
    """
    if not Experiment.objects.filter(pk=experiment.pk).queue_again():
        raise ExperimentError(f"“{experiment.name}” neither failed nor was cancelled; there is nothing to go on with.")
    record_event(verb="resumed an experiment", by=by, target=experiment, done=experiment.done)
