"""Stored pictures, for researchers."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from lungstudy.accounts.access import researcher_required
from lungstudy.library.actions.serving import file_response
from lungstudy.library.models import Image


@researcher_required
@require_GET
def picture(request: HttpRequest, token: UUID) -> HttpResponseBase:
    """The whole picture."""
    return file_response(get_object_or_404(Image.objects.only("file"), token=token).file, "image/png")


@researcher_required
@require_GET
def thumbnail(request: HttpRequest, token: UUID) -> HttpResponseBase:
    """The small picture of a grid."""
    return file_response(get_object_or_404(Image.objects.only("thumbnail"), token=token).thumbnail, "image/png")
