"""Masking of burnt-in markers: look at every drawn case as readers would, and draw boxes over letters."""

import json
from collections.abc import Callable
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.actions.drafts import mask_everywhere, mask_markers
from reader.actions.errors import StudyError
from reader.actions.sealing import presented
from reader.views.studies import study_of

CASES_PER_PAGE = 48


@researcher_required
@require_GET
def masks(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The drawn cases as a grid; without their origin, so that nobody masks by it."""
    study = study_of(request, token)
    pages = Paginator(study.cases.order_by("number"), CASES_PER_PAGE)
    return render(request, "reader/masks.html", {"study": study, "page": pages.get_page(request.GET.get("page"))})


@researcher_required
@require_GET
def preview(request: SignedInRequest, token: UUID, number: int) -> HttpResponse:
    """One case as readers would see it now."""
    case = get_object_or_404(study_of(request, token).cases.select_related("image", "study"), number=number)
    response = HttpResponse(presented(case), content_type="image/png")
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
