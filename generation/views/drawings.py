"""What a batch has drawn: the live fragment, the gallery as it fills, and the recipe of one image."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from generation.actions.keeping_attention import heat_map_of
from generation.diffusion.attention.files import AttentionFileError
from generation.models import AttentionMaps, Batch, GeneratedImage, GivenPicture
from generation.reports.progress import BatchProgress
from lungstudy.accounts.access import researcher_required
from lungstudy.library.actions.serving import file_response
from lungstudy.library.pixels.decoded import ImageError


@researcher_required
@never_cache
@require_GET
def progress(request: HttpRequest, token: UUID) -> HttpResponse:
    """The state of a running batch, and beside it the gallery where new images have arrived."""
    batches = Batch.objects.select_related("generator", "dataset", "created_by")
    shown = BatchProgress(get_object_or_404(batches, token=token))
    arrived = request.GET.get("drawn") != str(shown.n_drawn)
    context = {"batch": shown.batch, "progress": shown, "arrived": arrived, **(shown.gallery() if arrived else {})}
    return render(request, "generation/_progress.html", context)


@researcher_required
@require_GET
def more(request: HttpRequest, token: UUID) -> HttpResponse:
    """The next page of the gallery."""
    shown = BatchProgress(get_object_or_404(Batch, token=token))
    start = request.GET.get("start", "")
    page = shown.gallery(int(start) if start.isdecimal() else 0)
    return render(request, "generation/_tiles.html", {"batch": shown.batch, **page})


@researcher_required
@require_GET
def recipe(request: HttpRequest, token: UUID) -> HttpResponse:
    """Everything that decided one image; shown in a dialog over the gallery."""
    images = GeneratedImage.objects.select_related("image", "job__batch__generator", "job__batch__dataset", "attention")
    return render(request, "generation/_recipe.html", {"drawn": get_object_or_404(images, image__token=token)})


@researcher_required
@require_GET
def given_picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """An image that was changed, or a mask, as recipes name it."""
    return file_response(get_object_or_404(GivenPicture, sha256=sha256).file, "image/png")


@researcher_required
@require_GET
def heat_map(request: HttpRequest, token: UUID, number: int) -> HttpResponse:
    """Where one phrase acted while the image was drawn, in colours over it."""
    kept = get_object_or_404(AttentionMaps.objects.select_related("generated__image"), generated__image__token=token)
    try:
        picture = heat_map_of(kept, number)
    except (LookupError, FileNotFoundError, AttentionFileError, ImageError) as error:
        raise Http404("There is no such attention.") from error
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    return response
