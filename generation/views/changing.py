"""Changing an image: the page on which a part of it is painted over, and the batch that draws that part anew."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from generation.actions.registering import register_starter
from generation.forms.batch import blank_batch, free_name
from generation.forms.change import ChangeForm
from generation.models import Batch, Generator
from generation.views.batches import beside, chosen_generator, queue_form
from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.models import Image


@researcher_required
@require_http_methods(["GET", "POST"])
def change_image(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Say what is to change, and into what; queue it."""
    image = get_object_or_404(Image.objects.select_related("dataset"), token=token)
    register_starter()
    generator = chosen_generator(request)
    if generator is None:
        return redirect("generation:generators")
    if already := Batch.objects.sent_with(request.POST.get("request_key", "")):
        return redirect("generation:batch", already.token)  # the second click of a double click
    names = {"new_dataset": free_name(f"Changed by {generator}"), "licence": image.dataset.licence, "finding": ""}
    form = ChangeForm(
        request.POST or None, request.FILES or None, image=image, initial={**blank_batch(generator), **names}
    )
    if form.is_valid() and (batch := queue_form(request, form)):
        return redirect("generation:batch", batch.token)
    generators = Generator.objects.ready()
    context = {
        "image": image,
        "form": form,
        "native_sizes": {each.token.hex: each.native_size for each in generators},
        "generators": generators,
        **beside(generator, request),
    }
    return render(request, "generation/change_image.html", context)
