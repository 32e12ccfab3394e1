"""Trainings: the list, the form that queues one, one run's page with its live part, its images, cancel and go on."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from generation.actions.registering import register_starter
from generation.actions.training_orders import TrainingError
from generation.actions.training_queueing import cancel_training, queue_training, resume_training
from generation.diffusion.errors import DiffusionError
from generation.forms.training import TrainingForm, blank_training
from generation.models import Generator, TrainingRun
from generation.reports.training import TrainingProgress
from generation.tasks import train
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.serving import file_response
from lungstudy.library.models import Dataset

IMAGES_ON_A_PAGE = 120


@researcher_required
@require_GET
def trainings(request: SignedInRequest) -> HttpResponse:
    """All runs, newest first."""
    found = TrainingRun.objects.select_related("generator", "adapter", "trained_generator", "created_by")[:200]
    return render(request, "generation/training.html", {"runs": found, "kinds": list(TrainingRun.Kind)})


@researcher_required
@require_http_methods(["GET", "POST"])
def new_training(request: SignedInRequest, kind: str) -> HttpResponse:
    """Choose a model, images and numbers; queue the run."""
    if kind not in TrainingRun.Kind.values:
        raise Http404
    register_starter()
    if not Dataset.objects.filter(images__isnull=False).exists():
        return render(request, "generation/training_new.html", {"kind": TrainingRun.Kind(kind)})
    if already := TrainingRun.objects.sent_with(request.POST.get("request_key", "")):
        return redirect("generation:training_run", already.token)  # the second click of a double click
    generators = Generator.objects.available().exclude(weights_sha256="")
    chosen = generators.with_token(request.GET.get("generator", "")) or generators.first()
    form = TrainingForm(kind, request.POST or None, initial=blank_training(kind, chosen))
    if form.is_valid() and (run := queue_form(request, form)):
        return redirect("generation:training_run", run.token)
    context = {"form": form, "kind": TrainingRun.Kind(kind), "kinds": list(TrainingRun.Kind), "generators": generators}
    return render(request, "generation/training_new.html", context)


def queue_form(request: SignedInRequest, form: TrainingForm) -> TrainingRun | None:
    """Queue what a valid form asks for; None, with the reason on the form, if it is refused by now."""
    try:
        run = queue_training(order=form.order(), request_key=form.cleaned_data["request_key"], by=request.user)
    except DiffusionError as exc:
        form.add_error(None, str(exc))
        return None
    wake(request, train, [run.pk])
    return run


@researcher_required
@require_GET
def training_run(request: SignedInRequest, token: UUID) -> HttpResponse:
    """How the training goes, what it learns from, and what came of it."""
    shown = TrainingProgress(found(token))
    return render(request, "generation/training_run.html", {"run": shown.run, "progress": shown})


@researcher_required
@never_cache
@require_GET
def training_progress(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The live part of the page."""
    shown = TrainingProgress(found(token))
    return render(request, "generation/_training_progress.html", {"run": shown.run, "progress": shown})


@researcher_required
@require_GET
def training_images(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Exactly which images, under which captions."""
    run = found(token)
    rows = Paginator(run.images.select_related("image"), IMAGES_ON_A_PAGE)
    context = {"run": run, "page": rows.get_page(request.GET.get("page"))}
    return render(request, "generation/training_images.html", context)


@researcher_required
@require_GET
def training_sample(request: SignedInRequest, token: UUID, step: int) -> HttpResponseBase:
    """The pictures drawn at one step."""
    return file_response(get_object_or_404(found(token).samples, step=step).file, "image/png")


@researcher_required
@require_POST
def cancel(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop; what is learned so far stays in the checkpoint."""
    cancel_training(run=found(token), by=request.user)
    return redirect("generation:training_run", token)


@researcher_required
@require_POST
def resume(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Go on from the checkpoint."""
    run = found(token)
    try:
        resume_training(run=run, by=request.user)
    except TrainingError as exc:
        messages.error(request, str(exc))
    else:
        wake(request, train, [run.pk])
    return redirect("generation:training_run", token)


def found(token: UUID) -> TrainingRun:
    """The run of an address, or 404."""
    runs = TrainingRun.objects.select_related("generator", "adapter", "trained_generator", "created_by")
    return get_object_or_404(runs, token=token)
