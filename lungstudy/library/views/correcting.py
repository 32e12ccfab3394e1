"""Correct one mask in the browser: the editor, its versions, and what Save sends."""

import uuid
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.correcting import MeanwhileError, correct_mask, restore_version
from lungstudy.library.actions.masks import MaskError
from lungstudy.library.actions.storing import StorageFullError
from lungstudy.library.forms.masks import CorrectionForm, RestoreForm
from lungstudy.library.models import Mask, MaskVersion
from lungstudy.library.pixels.masks.reading import MaskFileError, read_mask

REFUSED = (MaskError, MaskFileError, StorageFullError)


@researcher_required
@never_cache
@require_GET
def correct(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The editor over one image, with the masks of the set before and after it."""
    mask = get_object_or_404(Mask.objects.with_newest(), token=token)
    versions = sorted(mask.versions.all(), key=lambda version: -version.number)
    context = {
        "mask": mask,
        "versions": [for_browser(version, mask) for version in versions],
        "newest": versions[0],
        "first": versions[-1],
        "request_key": uuid.uuid4(),
        "editor": {
            "picture": reverse("library:picture", args=[mask.image.token]),
            "save": reverse("library:save_correction", args=[token]),
            "width": mask.image.width,
            "height": mask.image.height,
            "versions": [for_browser(version, mask) for version in versions],
        },
        **neighbours(mask),
    }
    return render(request, "library/correct_mask.html", context)


def neighbours(mask: Mask) -> dict[str, object]:
    """Where this mask stands in its set, doubtful ones first, and the ones beside it."""
    tokens = list(mask.mask_set.masks.doubtful_first().values_list("token", flat=True))
    at = tokens.index(mask.token)
    return {
        "place": at + 1,
        "n_masks": len(tokens),
        "before": tokens[at - 1] if at else None,
        "after": tokens[at + 1] if at + 1 < len(tokens) else None,
    }


def for_browser(version: MaskVersion, mask: Mask) -> dict[str, object]:
    """One version in words and with its address."""
    return {
        "number": version.number,
        "by": str(version.made_by) if version.made_by else mask.mask_set.get_source_display(),
        "at": date_format(localtime(version.made_at), "j M Y, H:i"),
        "comment": version.comment,
        "url": reverse("library:mask_version", args=[version.token]),
        "share": f"{100 * version.area / (mask.image.width * mask.image.height):.1f} %",
    }


@researcher_required
@require_POST
def save(request: SignedInRequest, token: UUID) -> JsonResponse:
    """File a drawing as the next version; the answer says `saved` only when it is stored."""
    mask = get_object_or_404(Mask.objects.select_related("image", "mask_set"), token=token)
    form = CorrectionForm(request.POST, request.FILES)
    if not form.is_valid():
        sentence = "The drawing did not arrive whole; it is still here. Save it again."
        return JsonResponse({"saved": False, "sentence": sentence}, status=400)
    data = form.cleaned_data
    try:
        version = correct_mask(
            mask=mask, pixels=read_mask(data["drawing"]), based_on=data["based_on"],
            request_key=data["request_key"], comment=data["comment"], by=request.user,
        )  # fmt: skip
    except MeanwhileError as error:
        newest = for_browser(error.newest, mask)
        return JsonResponse({"saved": False, "sentence": str(error), "meanwhile": newest}, status=409)
    except REFUSED as error:
        return JsonResponse({"saved": False, "sentence": str(error)}, status=400)
    return JsonResponse({"saved": True, "version": for_browser(version, mask)})


@researcher_required
@require_POST
def restore(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Let an old version count again, as a new one."""
    mask = get_object_or_404(Mask.objects.select_related("image", "mask_set"), token=token)
    form = RestoreForm(request.POST)
    if not form.is_valid() or not mask.versions.filter(number=form.cleaned_data["number"]).exists():
        messages.error(request, "There is no such version. Choose one from the list.")
        return redirect("library:correct_mask", token)
    try:
        version = restore_version(mask=mask, by=request.user, **form.cleaned_data)
    except (MeanwhileError, *REFUSED) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Version {form.cleaned_data['number']} restored as version {version.number}.")
    return redirect("library:correct_mask", token)
