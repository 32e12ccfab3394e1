"""Ask for images: a batch and its jobs, made in one transaction; stop one; draw again what failed."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from generation.models import Batch, Generator, Job
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Dataset, Origin

# Images drawn at once. Part of every recipe, so it is one number for the whole site: with another one the same seed
# gives an image that differs in a few grey levels.
BATCH_SHAPE = 4


class QueueingError(ValueError):
    """Why a batch cannot be queued, in one sentence with what to do."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a batch is asked to draw."""

    generator: Generator
    prompt: str
    negative_prompt: str = ""
    finding: str = ""
    count: int
    first_seed: int
    steps: int
    guidance: float
    scheduler: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class NewDataset:
    """A synthetic data set to be made together with the batch."""

    name: str
    licence: str


def _new_dataset(wanted: NewDataset, generator: Generator, by: User | None) -> Dataset:
    return Dataset.objects.create(
        name=wanted.name,
        licence=wanted.licence,
        origin=Origin.SYNTHETIC,
        citation=f"Drawn by {generator.name} with lungstudy.",
        phantoms=generator.phantoms,
        created_by=by,
    )


def queue_batch(*, order: Order, dataset: Dataset | NewDataset, request_key: UUID, by: User | None) -> Batch:
    """Store the batch and its jobs, all or nothing; the same `request_key` gives the batch that is already there.

    Raises
    ------
    QueueingError
        If the data set cannot take these images.
    """
    if already := Batch.objects.filter(request_key=request_key).first():
        return already
    if isinstance(dataset, Dataset):
        refuse_unfit_dataset(dataset, order)
    try:
        with transaction.atomic():
            return _store_batch(order, dataset, request_key, by)
    except IntegrityError:
        # The other click of a double click came first; without its key something else is wrong and stays an error.
        if already := Batch.objects.filter(request_key=request_key).first():
            return already
        if isinstance(dataset, NewDataset) and Dataset.objects.filter(name=dataset.name).exists():
            raise QueueingError(f"A data set called “{dataset.name}” exists by now; choose another name.") from None
        raise


def _store_batch(order: Order, dataset: Dataset | NewDataset, request_key: UUID, by: User | None) -> Batch:
    if isinstance(dataset, NewDataset):
        dataset = _new_dataset(dataset, order.generator, by)
    batch = Batch.objects.create(
        **vars(order), dataset=dataset, request_key=request_key, batch_shape=BATCH_SHAPE, created_by=by
    )
    starts = range(0, order.count, BATCH_SHAPE)
    sizes = [min(BATCH_SHAPE, order.count - start) for start in starts]
    Job.objects.bulk_create(
        Job(batch=batch, first_index=start, images_wanted=size, total=size)
        for start, size in zip(starts, sizes, strict=True)
    )
    record_event(verb="queued a batch", by=by, target=batch, count=order.count, generator=order.generator.name)
    return batch


def refuse_unfit_dataset(dataset: Dataset, order: Order) -> None:
    """Keep real and synthetic, phantom and patient apart, and no image twice.

    Raises
    ------
    QueueingError
        With the sentence to show.
    """
    if dataset.origin != Origin.SYNTHETIC:
        raise QueueingError(f"“{dataset}” holds real images; choose a synthetic data set or make a new one.")
    if dataset.phantoms != order.generator.phantoms:
        kind = "phantoms" if dataset.phantoms else "images of models trained on patients"
        raise QueueingError(f"“{dataset}” holds {kind}; “{order.generator}” needs another data set. Make a new one.")
    if twin := _overlapping_batch(dataset, order):
        raise QueueingError(
            f"“{dataset}” already has seeds {twin.first_seed} to {twin.last_seed} of this very recipe, so these images "
            f"would be in it twice; start at seed {twin.last_seed + 1} or choose another data set."
        )


def _overlapping_batch(dataset: Dataset, order: Order) -> Batch | None:
    family = Batch.objects.filter(
        dataset=dataset,
        generator=order.generator,
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        steps=order.steps,
        guidance=order.guidance,
        scheduler=order.scheduler,
        width=order.width,
        height=order.height,
        batch_shape=BATCH_SHAPE,
        first_seed__lt=order.first_seed + order.count,
    ).order_by("-first_seed")
    return next((batch for batch in family if batch.last_seed >= order.first_seed), None)


@transaction.atomic
def cancel_batch(*, batch: Batch, by: User) -> None:
    """Stop what waits at once and ask what runs to stop; images already stored stay."""
    now = timezone.now()
    batch.jobs.filter(state=JobState.QUEUED).update(state=JobState.CANCELLED, finished_at=now)
    stopping = batch.jobs.unfinished().update(cancel_requested=True)
    Batch.objects.filter(pk=batch.pk).update(cancelled_at=now)
    record_event(verb="cancelled a batch", by=by, target=batch, running_jobs=stopping)


@transaction.atomic
def retry_batch(*, batch: Batch, by: User) -> list[int]:
    """Queue the failed and cancelled jobs again; their keys, so that the caller can wake a worker."""
    again = list(batch.jobs.ended_early().values_list("pk", flat=True))
    now = timezone.now()
    Job.objects.filter(pk__in=again).update(
        state=JobState.QUEUED,
        attempts=0,
        cancel_requested=False,
        reason="",
        step=0,
        finished_at=None,
        lease_until=None,
        queued_at=now,
        woken_at=now,
    )
    Batch.objects.filter(pk=batch.pk).update(cancelled_at=None)
    record_event(verb="retried a batch", by=by, target=batch, jobs=len(again))
    return again
