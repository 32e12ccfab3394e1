"""Masks of a batch: ask for them, follow a run, see which images got none and why."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from generation.actions.mask_run_queueing import MaskRunError, cancel_mask_run, queue_mask_run, resume_mask_run
from generation.forms.mask_run import MaskRunForm, blank_mask_run
from generation.masks.methods import METHODS
from generation.models import MaskRun
from generation.tasks import make_masks
from generation.views.batches import found as found_batch
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required

MASKS_SHOWN = 12
PROBLEMS_SHOWN = 50


@researcher_required
@require_http_methods(["GET", "POST"])
def batch_masks(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The runs of a batch, and the form that asks for another."""
    batch = found_batch(token)
    form = MaskRunForm(request.POST or None, batch=batch, initial=blank_mask_run(batch))
    if form.is_valid() and (run := queue_form(request, form)):
        return redirect("generation:mask_run", run.token)
    runs = batch.mask_runs.select_related("mask_set", "created_by")
    return render(request, "generation/batch_masks.html", {"batch": batch, "form": form, "runs": runs})


def queue_form(request: SignedInRequest, form: MaskRunForm) -> MaskRun | None:
    """The run, or None with the reason on the form."""
    try:
        run = queue_mask_run(order=form.order(), request_key=form.cleaned_data["request_key"], by=request.user)
    except MaskRunError as error:
        form.add_error(None, str(error))
        return None
    wake(request, make_masks, [run.pk])
    return run


@researcher_required
@never_cache
@require_GET
def mask_run(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Are the masks there, and which images have none."""
    return render(request, "generation/mask_run.html", shown(found(token)))


@researcher_required
@never_cache
@require_GET
def mask_run_progress(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The part of the page that changes while a worker makes masks."""
    return render(request, "generation/_mask_run.html", shown(found(token)))


@researcher_required
@require_POST
def cancel(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop; masks that are stored stay."""
    cancel_mask_run(run=found(token), by=request.user)
    return redirect("generation:mask_run", token)


@researcher_required
@require_POST
def resume(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Make the masks that are not there."""
    run = found(token)
    resume_mask_run(run=run, by=request.user)
    wake(request, make_masks, [run.pk])
    return redirect("generation:mask_run", token)


def shown(run: MaskRun) -> dict[str, object]:
    """What the run's page needs."""
    masks = run.mask_set.masks.all()
    return {
        "run": run,
        "method": METHODS.get(run.method),
        "n_masks": masks.count(),
        "masks": masks.with_newest().order_by("pk")[:MASKS_SHOWN],
        "problems": run.problems.select_related("image")[:PROBLEMS_SHOWN],
        "n_problems": run.problems.count(),
    }


def found(token: UUID) -> MaskRun:
    """The run of an address, or 404."""
    runs = MaskRun.objects.select_related("batch__dataset", "batch__generator", "mask_set", "created_by")
    return get_object_or_404(runs, token=token)
