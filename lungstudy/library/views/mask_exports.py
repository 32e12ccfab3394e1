"""A set of masks as one file, in the format that was asked for."""

from uuid import UUID

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.audit.actions import record_event
from lungstudy.library.exports.mask_sets import FORMATS, MaskSetExport
from lungstudy.library.exports.zip_stream import zip_stream
from lungstudy.library.models import MaskSet


@researcher_required
@require_GET
def export_masks(request: SignedInRequest, token: UUID) -> HttpResponseBase:
    """The masks that nobody rejected, of images that nobody excluded, written while they are sent."""
    mask_set = get_object_or_404(MaskSet, token=token)
    wanted = request.GET.get("format", "")
    chosen = MaskSetExport(mask_set, wanted if wanted in FORMATS else FORMATS[0])
    record_event(verb="exported masks", by=request.user, target=mask_set, format=chosen.format, masks=len(chosen.keys))
    response = StreamingHttpResponse(zip_stream(chosen.entries()), content_type="application/zip")
    name = f"{slugify(mask_set.name) or 'masks'}-{chosen.format}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
