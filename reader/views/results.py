"""Results of unblinded studies, as a page, as figures and as CSV."""

from collections.abc import Callable, Iterator
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.audit.actions import record_event
from reader.exports.tables import agreement_csv, readings_csv
from reader.models import Study
from reader.reports.figures import FIGURES, INKS
from reader.reports.results import results_of
from reader.reports.truth import StillBlindError, refuse_while_blind

SHARES = ("accuracy", "accuracy_decided", "coverage", "sensitivity", "specificity", "dprime", "auc")
Lines = Callable[[Study], Iterator[str]]


@researcher_required
@require_GET
def results(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Do the readers agree, and can they tell? Says what to do while the study is blind."""
    study = get_object_or_404(Study.objects.visible_to(request.user), token=token)
    try:
        found = results_of(study)
    except StillBlindError as blind:
        return render(request, "reader/results_blind.html", {"study": study, "sentence": str(blind)})
    shares = [
        [row for row in found.rows if row.group == reader and row.name in SHARES] for reader in found.data.readers
    ]
    context = {
        "study": study,
        "results": found,
        "agreement": found.named("fleiss_kappa", "percent_agreement", "krippendorff_alpha", "gwet_ac", "cohen_kappa"),
        "readers": list(zip(found.tables(), shares, strict=False)),
    }
    return render(request, "reader/results.html", context)


@researcher_required
@require_GET
def figure(request: SignedInRequest, token: UUID, name: str, theme: str) -> HttpResponse:
    """One figure as SVG, for a light or a dark page."""
    study = get_object_or_404(Study.objects.visible_to(request.user).unblinded(), token=token)
    if name not in FIGURES or theme not in INKS:
        raise Http404
    response = HttpResponse(FIGURES[name](results_of(study), theme), content_type="image/svg+xml")
    # matplotlib styles its SVG inline; the picture may do that, the page may not.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@researcher_required
@require_GET
def export_readings(request: SignedInRequest, token: UUID) -> HttpResponseBase:
    """Every version of every answer as CSV."""
    return _export(request, token, "readings", readings_csv)


@researcher_required
@require_GET
def export_agreement(request: SignedInRequest, token: UUID) -> HttpResponseBase:
    """Every statistic as CSV."""
    return _export(request, token, "agreement", agreement_csv)


def _export(request: SignedInRequest, token: UUID, what: str, lines: Lines) -> HttpResponseBase:
    study = get_object_or_404(Study.objects.visible_to(request.user), token=token)
    try:
        refuse_while_blind(study)
    except StillBlindError as blind:
        context = {"study": study, "sentence": str(blind)}
        return render(request, "reader/results_blind.html", context, status=409)
    record_event(verb=f"exported {what}", by=request.user, target=study)
    response = StreamingHttpResponse(lines(study), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slugify(study.title)}-{what}.csv"'
    return response
