"""Ask for images: a batch, its lines and its jobs, made in one transaction."""

from uuid import UUID

from django.db import IntegrityError, transaction

from generation.actions.doubles import overlapping_line, refuse_doubles
from generation.actions.orders import (
    NewDataset,
    Order,
    QueueingError,
    draws_phantoms,
    shares,
    unsaved_batch,
)
from generation.models import Batch, BatchLine, Job
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.library.models import Dataset, Origin


def _new_dataset(wanted: NewDataset, order: Order, by: User | None) -> Dataset:
    return Dataset.objects.create(
        name=wanted.name,
        licence=wanted.licence,
        origin=Origin.SYNTHETIC,
        citation=f"Drawn by {order.generator.name} with lungstudy.",
        phantoms=draws_phantoms(order),
        created_by=by,
    )


def queue_batch(*, order: Order, dataset: Dataset | NewDataset, request_key: UUID, by: User | None) -> Batch:
    """Store the batch and its jobs, all or nothing; the same `request_key` gives the batch that is already there.

    Raises
    ------
    QueueingError
        If the data set cannot take these images, or the order asks for one twice.
    """
    if already := Batch.objects.filter(request_key=request_key).first():
        return already
    refuse_doubles(order)
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
        dataset = _new_dataset(dataset, order, by)
    batch, lines = unsaved_batch(order, dataset=dataset, request_key=request_key, created_by=by)
    batch.save(force_insert=True)
    BatchLine.objects.bulk_create(lines, batch_size=500)
    Job.objects.bulk_create(
        Job(batch=batch, first_index=share.start, images_wanted=len(share), total=len(share), priority=batch.priority)
        for share in shares(lines, batch.batch_shape)
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
    if dataset.phantoms != draws_phantoms(order):
        kind = "phantoms" if dataset.phantoms else "images of models trained on patients"
        raise QueueingError(f"“{dataset}” holds {kind}; “{order.generator}” needs another data set. Make a new one.")
    if twin := overlapping_line(dataset, order):
        raise QueueingError(
            f"“{dataset}” already has seeds {twin.first_seed} to {twin.last_seed} of this very recipe, so these images "
            f"would be in it twice; start at seed {twin.last_seed + 1} or choose another data set."
        )
