"""The grid of previews on the pages that steer: drawn in few steps while the sliders stay where they are."""

from uuid import uuid4

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from generation.actions.orders import QueueingError
from generation.actions.previewing import PREVIEWS, queue_previews
from generation.forms.steering import CombineForm, SteeringForm, StripForm
from generation.models import BatchLine
from generation.reports.previews import PreviewGrid
from generation.tasks import run_job
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required

FORMS = {"between": StripForm, "together": CombineForm}
# What the page asks about the batch itself: a preview has a place and a number of its own.
IN_PLACE = {"count": "1", "dataset": "", "licence": "the model's", "priority": "", "attend": ""}


@researcher_required
@require_POST
def steering_preview(request: SignedInRequest, kind: str) -> HttpResponse:
    """Queue what the form asks for as previews, and show them as they come."""
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](filled_in(request.POST))
    problems, lines = sentences(form), list[BatchLine]()
    if not problems:
        try:
            lines, batch = queue_previews(order=form.order(), by=request.user)
        except QueueingError as exc:
            problems = [str(exc)]
        else:
            wake(request, run_job, batch.jobs.values_list("pk", flat=True) if batch else [])
    return render(request, "generation/_grid_preview.html", {"grid": PreviewGrid(lines), "problems": problems})


@researcher_required
@never_cache
@require_GET
def previews(request: SignedInRequest) -> HttpResponse:
    """The same grid a second later."""
    keys = [int(key) for key in request.GET.get("lines", "").split(",") if key.isdecimal()]
    found = BatchLine.objects.filter(batch__dataset__name__startswith=PREVIEWS).select_related("batch__dataset")
    lines = found.in_bulk(keys)
    grid = PreviewGrid([lines[key] for key in keys if key in lines])
    return render(request, "generation/_grid_preview.html", {"grid": grid})


def sentences(form: SteeringForm) -> list[str]:
    """What is wrong, each with the field that it is about."""
    named = {name: f"{form[name].label}: " for name in form.fields}
    return [f"{named.get(name, '')}{error}" for name, errors in form.errors.items() for error in errors]


def filled_in(sent: QueryDict) -> QueryDict:
    """The form as it was sent, with a preview's own answers."""
    data = sent.copy()
    for name, value in {**IN_PLACE, "new_dataset": f"preview {uuid4()}"}.items():
        data[name] = value
    return data
