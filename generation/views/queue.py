"""Steering a queued batch: cancel, pause, resume, draw the rest, and move it in the queue."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from generation.actions.orders import QueueingError
from generation.actions.queue_order import PLACES, cancel_batch, move_batch, pause_batch, resume_batch, retry_batch
from generation.tasks import run_job
from generation.views.batches import found
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required


@researcher_required
@require_POST
def cancel(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop drawing; what is stored stays."""
    cancel_batch(batch=found(token), by=request.user)
    return redirect("generation:batch", token)


@researcher_required
@require_POST
def pause(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Hold the batch back; what is stored stays."""
    pause_batch(batch=found(token), by=request.user)
    return redirect("generation:batch", token)


@researcher_required
@require_POST
def resume(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Let a paused batch go on."""
    wake(request, run_job, resume_batch(batch=found(token), by=request.user))
    return redirect("generation:batch", token)


@researcher_required
@require_POST
def retry(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Draw what failed or was cancelled."""
    wake(request, run_job, retry_batch(batch=found(token), by=request.user))
    return redirect("generation:batch", token)


@researcher_required
@require_POST
def move(request: SignedInRequest, token: UUID) -> HttpResponse:
    """One place up or down in the queue, or to its front."""
    where = request.POST.get("where", "")
    if where not in PLACES:
        raise Http404
    try:
        move_batch(batch=found(token), where=where, by=request.user)
    except QueueingError as exc:
        messages.warning(request, str(exc))
    return redirect("generation:batches")
