"""One image in both worlds: the picture, where it comes from, and the studies it is in."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from generation.models import GeneratedImage
from lungstudy.accounts.access import researcher_required
from lungstudy.library.models import Image
from reader.models import Study


@researcher_required
def image(request: HttpRequest, token: UUID) -> HttpResponse:
    """Picture, recipe or origin, what was removed at import, and where it is used."""
    found = get_object_or_404(Image.objects.select_related("dataset", "triaged_by"), token=token)
    generated = GeneratedImage.objects.filter(image=found).select_related("job__batch__generator").first()
    studies = Study.objects.visible_to(request.user).filter(cases__image=found)
    masks = found.masks.with_newest().order_by("mask_set__name")
    context = {"image": found, "generated": generated, "studies": studies, "masks": masks}
    return render(request, "site/image.html", context)
