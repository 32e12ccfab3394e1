"""Experiments: the list, the form that queues one, one experiment's page with its live part, its CSV files."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from generation.actions.experiment_orders import ExperimentError
from generation.actions.experiment_queueing import cancel_experiment, queue_experiment, resume_experiment
from generation.exports.experiment_provenance import learned_from_csv
from generation.exports.experiment_table import table_csv, values_csv
from generation.forms.experiment import ExperimentForm, blank_experiment
from generation.models import Experiment
from generation.reports.experiments import ExperimentReport
from generation.tasks import experiment as experiment_task
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.models import Dataset, MaskSet, Origin

IMAGES_ON_A_PAGE = 120


@researcher_required
@require_GET
def experiments(request: SignedInRequest) -> HttpResponse:
    """All experiments, newest first."""
    found = Experiment.objects.select_related("created_by")[:200]
    return render(request, "generation/experiments.html", {"experiments": found, "kinds": list(Experiment.Kind)})


@researcher_required
@require_http_methods(["GET", "POST"])
def new_experiment(request: SignedInRequest, kind: str) -> HttpResponse:
    """Choose images, arms and numbers; queue the experiment."""
    if kind not in Experiment.Kind.values:
        raise Http404
    context = {"kind": Experiment.Kind(kind), "kinds": list(Experiment.Kind)}
    if not has_material(kind):
        return render(request, "generation/experiment_new.html", context)
    form = ExperimentForm(kind, request.POST or None, initial=blank_experiment(kind))
    if form.is_valid() and (queued := queue_form(request, form)):
        return redirect("generation:experiment", queued.token)
    return render(request, "generation/experiment_new.html", {**context, "form": form})


def has_material(kind: str) -> bool:
    """Whether there are real images, and outlines where these are learned."""
    real = Dataset.objects.filter(images__isnull=False, origin=Origin.REAL).exists()
    return real and (kind != Experiment.Kind.SEGMENTATION or MaskSet.objects.filter(masks__isnull=False).exists())


def queue_form(request: SignedInRequest, form: ExperimentForm) -> Experiment | None:
    """Queue what a valid form asks for; None, with the reason on the form, if it is refused."""
    try:
        key = form.cleaned_data["request_key"]
        queued = queue_experiment(order=form.order(), request_key=key, by=request.user)
    except ExperimentError as exc:
        form.add_error(None, str(exc))
        return None
    wake(request, experiment_task, [queued.pk])
    return queued


@researcher_required
@never_cache
@require_GET
def experiment(request: SignedInRequest, token: UUID) -> HttpResponse:
    """How it goes, and what came out."""
    return render(request, "generation/experiment.html", shown(token))


@researcher_required
@never_cache
@require_GET
def experiment_progress(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The live part of the page."""
    return render(request, "generation/_experiment.html", shown(token))


def shown(token: UUID) -> dict[str, object]:
    """What the page needs."""
    one = found(token)
    return {"experiment": one, "report": ExperimentReport(one)}


@researcher_required
@require_GET
def experiment_images(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Exactly which images, for what."""
    one = found(token)
    rows = one.images.select_related("image__dataset").order_by("split", "pk")
    page = Paginator(rows, IMAGES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "generation/experiment_images.html", {"experiment": one, "page": page})


@researcher_required
@require_GET
def experiment_csv(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The table with every interval."""
    one = found(token)
    return csv_response(table_csv(ExperimentReport(one)), f"{one.kind}_{one.token}.csv")


@researcher_required
@require_GET
def experiment_values(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Each test image's value in each training."""
    one = found(token)
    return csv_response(values_csv(one), f"{one.kind}_{one.token}_values.csv")


@researcher_required
@require_GET
def experiment_learned(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Exactly which images each net learned from."""
    one = found(token)
    return csv_response("".join(learned_from_csv(one)), f"{one.kind}_{one.token}_learned_from.csv")


def csv_response(text: str, name: str) -> HttpResponse:
    """A file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@researcher_required
@require_POST
def cancel(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop; trainings that are done stay."""
    cancel_experiment(experiment=found(token), by=request.user)
    return redirect("generation:experiment", token)


@researcher_required
@require_POST
def resume(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Go on with the trainings that are missing."""
    one = found(token)
    try:
        resume_experiment(experiment=one, by=request.user)
    except ExperimentError as exc:
        messages.error(request, str(exc))
    else:
        wake(request, experiment_task, [one.pk])
    return redirect("generation:experiment", token)


def found(token: UUID) -> Experiment:
    """The experiment of an address, or 404."""
    return get_object_or_404(Experiment.objects.select_related("created_by"), token=token)
