"""Exports: a synthetic data set as one file, and contact sheets of the gallery."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods

from generation.exports.contact_sheet import MOST, contact_sheet
from generation.exports.synthetic_set import LAYOUTS, PLAIN, SyntheticSet
from generation.forms.gallery import GalleryForm
from generation.reports.gallery import generated_images
from generation.views.gallery import tokens_of
from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.audit.actions import record_event
from lungstudy.library.exports.zip_stream import zip_stream
from lungstudy.library.models import Dataset, Origin
from lungstudy.library.reports.rejects import Rejects


@researcher_required
@require_GET
def export(request: SignedInRequest, token: UUID) -> HttpResponse:
    """What an export holds, and which form it takes."""
    dataset = synthetic(token)
    context = {"dataset": dataset, "rejects": Rejects.of(dataset.images.all())}
    return render(request, "generation/export.html", context)


@researcher_required
@require_GET
def export_zip(request: SignedInRequest, token: UUID) -> HttpResponseBase:
    """The data set, written while it is sent."""
    dataset = synthetic(token)
    layout = request.GET.get("layout", PLAIN)
    chosen = SyntheticSet(dataset, layout if layout in LAYOUTS else PLAIN, "rejected" in request.GET)
    record_event(
        verb="exported a data set", by=request.user, target=dataset, layout=chosen.layout, images=len(chosen.keys)
    )
    response = StreamingHttpResponse(zip_stream(chosen.entries()), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{slugify(dataset.name) or "data-set"}.zip"'
    return response


@researcher_required
@require_http_methods(["GET", "POST"])
def contact_sheet_png(request: SignedInRequest) -> HttpResponseBase:
    """The selected images, or with none selected those that the gallery's filter shows, on one page."""
    images = generated_images()
    if chosen := tokens_of(request.POST.getlist("image")):
        found, title = images.filter(token__in=chosen), "Selected images"
    else:
        form = GalleryForm(request.GET, images=images)
        found, title = form.with_decision(form.of_any_decision(images)), "Generated images"
    shown = list(found[:MOST])
    more = f", the newest of {found.count()}" if len(shown) == MOST else ""
    sheet = contact_sheet(shown, f"{title}: {len(shown)}{more}. Synthetic, for research, not for diagnosis.")
    response = HttpResponse(sheet, content_type="image/png")
    response["Content-Disposition"] = 'attachment; filename="contact-sheet.png"'
    return response


def synthetic(token: UUID) -> Dataset:
    """The synthetic data set of an address; films of patients are nobody's to export here."""
    return get_object_or_404(Dataset, token=token, origin=Origin.SYNTHETIC)
