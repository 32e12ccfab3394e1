"""Steering disease: images between conditions, and several conditions at once, queued as one batch."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from generation.actions.registering import register_starter
from generation.forms.batch import blank_batch
from generation.forms.steering import CombineForm, SteeringForm, StripForm
from generation.models import Batch, Generator
from generation.views.batches import beside, chosen_generator, queue_form
from lungstudy.accounts.access import SignedInRequest, researcher_required


@researcher_required
@require_http_methods(["GET", "POST"])
def between(request: SignedInRequest) -> HttpResponse:
    """A strip of images from one condition to others."""
    return steered(request, StripForm, "generation/steering.html", {"count": 1})


@researcher_required
@require_http_methods(["GET", "POST"])
def combined(request: SignedInRequest) -> HttpResponse:
    """Several conditions in one image, each with its weight."""
    return steered(request, CombineForm, "generation/combining.html", {})


def steered(
    request: SignedInRequest, kind: type[SteeringForm], template: str, initial: dict[str, object]
) -> HttpResponse:
    """The form, or the batch that it queued."""
    register_starter()
    generator = chosen_generator(request)
    if generator is None:
        return redirect("generation:generators")
    if already := Batch.objects.sent_with(request.POST.get("request_key", "")):
        return redirect("generation:batch", already.token)  # the second click of a double click
    form = kind(request.POST or None, initial={**blank_batch(generator), **initial})
    if form.is_valid() and (batch := queue_form(request, form)):
        return redirect("generation:batch", batch.token)
    context = {"form": form, "generators": Generator.objects.ready(), **beside(generator, request)}
    return render(request, template, context)
