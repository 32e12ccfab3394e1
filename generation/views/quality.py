"""Quality: ask for a comparison with reference images, follow it, read what came out."""

from uuid import UUID

from django.db.models.fields.json import KT
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from generation.actions.measuring import QualityError, cancel_quality_run, queue_quality_run, training_of
from generation.exports.nearest_table import nearest_csv
from generation.forms.quality import QualityForm
from generation.models import QualityRun
from generation.reports.quality import headline, histograms_of, next_pair, pairs_of, rows_of
from generation.tasks import measure_quality
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.jobs.models import JobState


@researcher_required
@require_http_methods(["GET", "POST"])
def quality(request: SignedInRequest) -> HttpResponse:
    """The runs so far, and a form that asks for another."""
    form = QualityForm(request.POST or None, initial=request.GET.dict())
    if form.is_valid() and (asked := queue_form(request, form)):
        return redirect("generation:quality_run", asked.token)
    # A result names every image's nearest: too much to read for each row of a list.
    runs = QualityRun.objects.annotate(learned_by=KT("result__learned_by")).defer("result")
    runs = runs.select_related("dataset", "reference", "created_by")[:100]
    return render(request, "generation/quality.html", {"form": form, "runs": runs})


def queue_form(request: SignedInRequest, form: QualityForm) -> QualityRun | None:
    """The run, or None with the reason on the form."""
    try:
        run = queue_quality_run(**form.cleaned_data, by=request.user)
    except QualityError as error:
        form.add_error(None, str(error))
        return None
    wake(request, measure_quality, [run.pk])
    return run


@researcher_required
@never_cache
@require_GET
def quality_run(request: SignedInRequest, token: UUID) -> HttpResponse:
    """How near, how varied, and whether any image is a copy."""
    return render(request, "generation/quality_run.html", shown(found(token)))


@researcher_required
@never_cache
@require_GET
def quality_progress(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The part of the page that changes while a worker measures."""
    return render(request, "generation/_quality_run.html", shown(found(token)))


@researcher_required
@require_GET
def quality_pairs(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The next nearest pairs."""
    run, start = measured(token), request.GET.get("start", "")
    first = int(start) if start.isdecimal() else 0
    context = {"run": run, "pairs": pairs_of(run, first), "next_pair": next_pair(run, first)}
    return render(request, "generation/_quality_pairs.html", context)


@researcher_required
@require_GET
def quality_nearest(request: SignedInRequest, token: UUID) -> HttpResponse:
    """What every image is nearest to, as a file to keep."""
    run = measured(token)
    headers = {"Content-Disposition": f'attachment; filename="nearest_{run.token}.csv"'}
    return HttpResponse("".join(nearest_csv(run)), content_type="text/csv; charset=utf-8", headers=headers)


@researcher_required
@require_POST
def cancel_quality(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop measuring."""
    cancel_quality_run(run=found(token), by=request.user)
    return redirect("generation:quality_run", token)


def shown(run: QualityRun) -> dict[str, object]:
    """What the run's page needs; without a result, the run alone."""
    training = training_of(run)
    if run.state != JobState.DONE:
        return {"run": run, "training": training}
    return {
        "run": run,
        "training": training,
        "result": run.result,
        "headline": headline(run),
        "rows": rows_of(run.result),
        "histograms": histograms_of(run.result["copies"]),
        "pairs": pairs_of(run),
        "next_pair": next_pair(run),
    }


def measured(token: UUID) -> QualityRun:
    """A run with its result, or 404."""
    run = found(token)
    if run.state != JobState.DONE:
        raise Http404
    return run


def found(token: UUID) -> QualityRun:
    """The run of an address, or 404."""
    return get_object_or_404(QualityRun.objects.select_related("dataset", "reference", "created_by"), token=token)
