"""Steer what is queued: cancel, pause and resume, draw again, and say which batch comes first."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from generation.actions.orders import QueueingError
from generation.models import Batch
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event
from lungstudy.jobs.models import JobState

PLACES: dict[str, Callable[[int], int]] = {
    "first": lambda _: 0,
    "up": lambda at: max(0, at - 1),
    "down": lambda at: at + 1,
}


@transaction.atomic
def cancel_batch(*, batch: Batch, by: User) -> None:
    """Stop what waits at once and ask what runs to stop; images already stored stay."""
    stopped = batch.jobs.all().ask_to_stop()
    Batch.objects.filter(pk=batch.pk).update(cancelled_at=timezone.now(), paused_at=None)
    record_event(verb="cancelled a batch", by=by, target=batch, jobs=stopped)


@transaction.atomic
def retry_batch(*, batch: Batch, by: User) -> list[int]:
    """Queue the failed and cancelled jobs again; their keys, so that the caller can wake a worker."""
    again = list(batch.jobs.ended_early().values_list("pk", flat=True))
    now = timezone.now()
    batch.jobs.all().queue_again(step=0, queued_at=now, woken_at=now)
    Batch.objects.filter(pk=batch.pk).update(cancelled_at=None)
    record_event(verb="retried a batch", by=by, target=batch, jobs=len(again))
    return again


@transaction.atomic
def pause_batch(*, batch: Batch, by: User) -> None:
    """Let no worker take its jobs; one that is being drawn goes back to the queue at its next step."""
    paused = Batch.objects.waiting().filter(pk=batch.pk, paused_at=None).update(paused_at=timezone.now())
    if paused:
        record_event(verb="paused a batch", by=by, target=batch)


@transaction.atomic
def resume_batch(*, batch: Batch, by: User) -> list[int]:
    """Let it go on; the keys of what waits, so that the caller can wake a worker."""
    if Batch.objects.paused().filter(pk=batch.pk).update(paused_at=None):
        record_event(verb="resumed a batch", by=by, target=batch)
    waiting = batch.jobs.filter(state=JobState.QUEUED)
    now = timezone.now()
    waiting.update(queued_at=now, woken_at=now)
    return list(waiting.values_list("pk", flat=True))


@transaction.atomic
def move_batch(*, batch: Batch, where: str, by: User) -> None:
    """Draw it elsewhere in the queue: one of `PLACES`, by its place now.

    Raises
    ------
    QueueingError
        It waits no longer.
    """
    queue = list(Batch.objects.waiting().select_for_update())
    if batch not in queue:
        raise QueueingError("This batch does not wait any more; there is nothing to move.")
    before = queue.index(batch)
    queue.insert(PLACES[where](before), queue.pop(before))
    _rank(queue)
    record_event(verb="moved a batch in the queue", by=by, target=batch, where=where)


def _rank(queue: Sequence[Batch]) -> None:
    """Raise priorities just as far as this order asks for; of equal ones the older batch comes first."""
    behind: Batch | None = None
    for batch in reversed(queue):
        if behind is not None:
            least = behind.priority + (batch.pk > behind.pk)
            if batch.priority < least:
                batch.priority = least
                Batch.objects.filter(pk=batch.pk).update(priority=least)
                batch.jobs.update(priority=least)
        behind = batch
