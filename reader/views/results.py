"""Results of unblinded studies, as a page and as figures."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.models import Study
from reader.reports.figures import FIGURES
from reader.reports.figures.canvas import DRAWING, THEMES
from reader.reports.lead import lead_of
from reader.reports.results import kept_results_of
from reader.reports.sections import sections_of
from reader.reports.truth import StillBlindError


@researcher_required
@require_GET
def results(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Do the readers agree, and can they tell? Says what to do while the study is blind."""
    study = get_object_or_404(Study.objects.visible_to(request.user), token=token)
    try:
        found = kept_results_of(study)
    except StillBlindError as blind:
        return render(request, "reader/results_blind.html", {"study": study, "sentence": str(blind)})
    context = {"study": study, "results": found, "lead": lead_of(study, found), "sections": sections_of(found)}
    return render(request, "reader/results.html", context)


@researcher_required
@require_GET
def figure(request: SignedInRequest, token: UUID, name: str, theme: str) -> HttpResponse:
    """One figure as SVG, for a light or a dark page, or for print."""
    study = get_object_or_404(Study.objects.visible_to(request.user).unblinded(), token=token)
    if name not in FIGURES or theme not in THEMES:
        raise Http404
    found = kept_results_of(study)
    with DRAWING:
        drawn = FIGURES[name](found, theme)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    # matplotlib styles its SVG inline; the picture may do that, the page may not.
    response["Content-Security-Policy"] = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    response["Cache-Control"] = "private, max-age=3600"
    return response
