"""Results of unblinded studies, as a page, as figures and as CSV."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.models import Study
from reader.reports.figures import FIGURES, INKS
from reader.reports.results import results_of
from reader.reports.truth import StillBlindError

SHARES = ("accuracy", "accuracy_decided", "coverage", "sensitivity", "specificity", "dprime", "auc")


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
