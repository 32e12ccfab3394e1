"""The gallery: all generated images, kept or rejected by a person, compared side by side."""

import uuid
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from generation.forms.gallery import DecisionsForm, GalleryForm
from generation.reports.gallery import generated_images, side_by_side, with_masks
from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.triage import REJECTION_REASONS, decide_on_images
from lungstudy.library.models import Image
from lungstudy.library.reports.rejects import Rejects

PICTURES_ON_A_PAGE = 60
MOST_COMPARED = 4


@researcher_required
@never_cache
@require_GET
def gallery(request: SignedInRequest) -> HttpResponse:
    """Generated images, newest first, narrowed by what the address says."""
    images = generated_images()
    form = GalleryForm(request.GET, images=images)
    matching = form.of_any_decision(images)
    pictures = Paginator(form.with_decision(matching), PICTURES_ON_A_PAGE)
    page = pictures.get_page(request.GET.get("page"))
    mask_set = form.cleaned_data.get("masks")
    context = {
        "form": form,
        "page": page,
        "tiles": with_masks(page.object_list, mask_set),
        "masks_shown": bool(mask_set),
        "rejects": Rejects.of(matching),
        "reasons": REJECTION_REASONS,
    }
    return render(request, "generation/gallery.html", context)


@researcher_required
@require_POST
def decide(request: SignedInRequest) -> HttpResponse:
    """Keep, reject or reopen the named images: all or none. A script gets an answer, a form the page it came from."""
    form = DecisionsForm(request.POST)
    valid = form.is_valid()
    if valid:
        images = Image.objects.synthetic().filter(token__in=form.cleaned_data["image"]).select_related("dataset")
        decision = form.cleaned_data["decision"]
        decide_on_images(images=images, decision=decision, reason=form.stated_reason(), by=request.user)
    if not request.accepts("text/html"):
        sentence = "" if valid else "Choose images, then keep them, or reject them with one of the reasons."
        return JsonResponse({"saved": valid, "sentence": sentence}, status=200 if valid else 400)
    return redirect(page_to_return_to(request))


def page_to_return_to(request: HttpRequest) -> str:
    """The gallery's page that a form came from, or the gallery."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=False)
    return wanted if is_ours and wanted.startswith("/") else reverse("generation:gallery")


@researcher_required
@require_http_methods(["GET", "POST"])
def compare(request: SignedInRequest) -> HttpResponse:
    """Two to four images large beside each other, and their recipes with the differences marked."""
    if request.method == "POST":  # the gallery's form, which sends more than an address should hold
        chosen = urlencode({"image": request.POST.getlist("image")[:MOST_COMPARED]}, doseq=True)
        return redirect(f"{reverse('generation:compare')}?{chosen}")
    tokens = tokens_of(request.GET.getlist("image")[:MOST_COMPARED])
    images = list(Image.objects.synthetic().filter(token__in=tokens).select_related("provenance", "generated"))
    images.sort(key=lambda image: tokens.index(image.token))
    return render(request, "generation/gallery_compare.html", {"images": images, "lines": side_by_side(images)})


def tokens_of(texts: list[str]) -> list[uuid.UUID]:
    """The tokens that an address names; anything else in it is passed over."""
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
