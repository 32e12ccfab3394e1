"""Masking of burnt-in markers: look at every drawn case as readers would, and draw boxes over letters."""

import json
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.actions.drafts import mark_looked_at, mask_everywhere, mask_markers
from reader.actions.errors import StudyError
from reader.actions.presentations import preview as preview_of
from reader.models import Case, Study
from reader.views.studies import study_of

CASES_PER_PAGE = 48


@researcher_required
@require_http_methods(["GET", "POST"])
def masks(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The drawn cases as a grid, without their origin, so that nobody masks by it; POST: this page was looked at."""
    study = study_of(request, token)
    if study.state != Study.State.DRAFT:
        messages.info(request, "The study is sealed, so its masks are fixed.")
        return redirect("reader:study", study.token)
    pages = Paginator(study.cases.order_by("number"), CASES_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    if request.method == "POST":
        return looked_at(request, study, page)
    context = {"study": study, "page": page, "own": {case.number: case.marker_masks for case in page}}
    return render(request, "reader/masks.html", context)


def looked_at(request: SignedInRequest, study: Study, page: Page[Case]) -> HttpResponse:
    """Note it, then show the next page, or the study after the last."""
    try:
        mark_looked_at(study=study, numbers=[case.number for case in page])
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("reader:study", study.token)
    if page.has_next():
        return redirect(f"{reverse('reader:masks', args=[study.token])}?page={page.next_page_number()}")
    return redirect("reader:study", study.token)


@researcher_required
@require_GET
def preview(request: SignedInRequest, token: UUID, number: int) -> HttpResponse:
    """One case in the study's presentation: bare, to draw masks on, or masked, as readers will see it."""
    case = get_object_or_404(study_of(request, token).cases.select_related("image", "study"), number=number)
    response = HttpResponse(preview_of(case, masked="masked" in request.GET), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


@researcher_required
@require_POST
def mask_case(request: SignedInRequest, token: UUID, number: int) -> HttpResponse:
    """Store one case's boxes."""
    study = study_of(request, token)
    get_object_or_404(study.cases, number=number)
    return _stored(lambda boxes: mask_markers(study=study, number=number, boxes=boxes), request)


@researcher_required
@require_POST
def mask_all(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Store the boxes that lie over every case."""
    study = study_of(request, token)
    return _stored(lambda boxes: mask_everywhere(study=study, boxes=boxes), request)


def _stored(action: Callable[[object], object], request: SignedInRequest) -> JsonResponse:
    try:
        boxes = json.loads(request.body)
    except json.JSONDecodeError:
        boxes = None
    try:
        action(boxes)
    except StudyError as error:
        return JsonResponse({"saved": False, "sentence": str(error)}, status=409)
    return JsonResponse({"saved": True})
