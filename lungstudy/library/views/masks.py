"""Sets of masks: the list, one as a grid of outlines, and which of its masks count."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.mask_decisions import keep_mask, reject_mask, reject_scored_under
from lungstudy.library.actions.serving import file_response
from lungstudy.library.forms.masks import LeastScoreForm, MaskFilterForm
from lungstudy.library.models import Mask, MaskSet, MaskVersion

MASKS_ON_A_PAGE = 48


@researcher_required
@require_GET
def mask_sets(request: SignedInRequest) -> HttpResponse:
    """Every set with what it holds."""
    return render(request, "library/mask_sets.html", {"mask_sets": MaskSet.objects.with_counts()})


@researcher_required
@never_cache
@require_GET
def mask_set(request: SignedInRequest, token: UUID) -> HttpResponse:
    """One set, the most doubtful masks first."""
    found = with_counts(token)
    form = MaskFilterForm(request.GET)
    masks = form.chosen(found.masks.with_newest()).doubtful_first()
    least = form.cleaned_data.get("least")
    context = {
        "mask_set": found,
        "form": form,
        "page": Paginator(masks, MASKS_ON_A_PAGE).get_page(request.GET.get("page")),
        "least": least,
        "n_doubtful": found.masks.kept().scored_under(least).count() if least is not None else 0,
        "n_corrected": found.masks.corrected().count(),
    }
    return render(request, "library/mask_set.html", context)


def with_counts(token: UUID) -> MaskSet:
    """The set of an address, with how many masks it holds."""
    return get_object_or_404(MaskSet.objects.with_counts(), token=token)


@researcher_required
@require_POST
def decide(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Reject one mask or keep it; a script gets the tile and the counts, a form the set's page."""
    mask = get_object_or_404(Mask.objects.with_newest(), token=token)
    action = reject_mask if request.POST.get("decision") == "reject" else keep_mask
    action(mask=mask, by=request.user)
    if "HX-Request" not in request.headers:
        return redirect("library:mask_set", mask.mask_set.token)
    context = {"mask": mask, "mask_set": with_counts(mask.mask_set.token), "decided": True}
    return render(request, "library/_mask_tile.html", context)


@researcher_required
@require_POST
def reject_low(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Reject every mask with a lower score than the one that is given."""
    found = get_object_or_404(MaskSet, token=token)
    form = LeastScoreForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give a score between 0 and 1.")
        return redirect("library:mask_set", token)
    n = reject_scored_under(mask_set=found, least=form.cleaned_data["least"], by=request.user)
    messages.success(request, f"{n} mask{'' if n == 1 else 's'} rejected.")
    return redirect(f"{reverse('library:mask_set', args=[token])}?state=rejected")


@researcher_required
@require_GET
def mask_version(request: SignedInRequest, token: UUID) -> HttpResponseBase:
    """One version's pixels."""
    return file_response(get_object_or_404(MaskVersion.objects.only("file"), token=token).file, "image/png")


@researcher_required
@require_GET
def mask_probability(request: SignedInRequest, token: UUID) -> HttpResponseBase:
    """How likely each pixel is the structure; 404 where the version came without that."""
    with_probability = MaskVersion.objects.only("probability").exclude(probability="")
    return file_response(get_object_or_404(with_probability, token=token).probability, "image/png")
