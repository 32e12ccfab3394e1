"""Triage: one big picture, a queue beside it, one key for each decision."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.triage import EXCLUSION_REASONS, exclude_image, keep_image, reopen_image
from lungstudy.library.forms.triage import DecisionForm
from lungstudy.library.models import Dataset, Image

PICTURES_IN_THE_QUEUE = 300


@researcher_required
@never_cache
@require_GET
def triage(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The undecided pictures of one data set, flagged ones first; with `?all`, the decided ones too."""
    dataset = get_object_or_404(Dataset, token=token)
    images = dataset.images.all() if "all" in request.GET else dataset.images.untriaged()
    waiting = images.flagged_first()
    context = {
        "dataset": dataset,
        "n_waiting": waiting.count(),
        "n_flagged": waiting.flagged().count(),
        "queue": [for_browser(image) for image in waiting[:PICTURES_IN_THE_QUEUE]],
        "reasons": EXCLUSION_REASONS,
        "everything": "all" in request.GET,
    }
    return render(request, "library/triage.html", context)


def for_browser(image: Image) -> dict[str, object]:
    """One picture of the queue and the decision on it, if any."""
    return {
        "picture": reverse("library:picture", args=[image.token]),
        "thumbnail": reverse("library:thumbnail", args=[image.token]),
        "page": reverse("site:image", args=[image.token]),
        "decide": reverse("library:decide", args=[image.token]),
        "name": image.source_name,
        "facts": [fact for fact in (image.finding, image.view, image.sex, image.age) if fact],
        "flags": [flag["sentence"] for flag in image.flags],
        "notes": image.notes,
        "decision": image.decision,
        "reason": image.exclusion_reason,
    }


@researcher_required
@require_POST
def decide(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Take one decision; the answer says `saved` only when it is stored."""
    image = get_object_or_404(Image.objects.select_related("dataset"), token=token)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        sentence = "Choose keep, or exclude with one of the reasons."
        return JsonResponse({"saved": False, "sentence": sentence}, status=400)
    by, reason = request.user, form.cleaned_data["reason"]
    if form.cleaned_data["decision"] == "keep":
        keep_image(image=image, by=by)
    elif form.cleaned_data["decision"] == "exclude":
        exclude_image(image=image, reason=reason, by=by)
    else:
        reopen_image(image=image, by=by)
    return JsonResponse({"saved": True})
