"""Import masks that people drew: hand files over, and read what came of it in the answer."""

import shutil

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.mask_import import MaskImportError, MaskReport, import_masks
from lungstudy.library.actions.mask_sets import MaskSetError
from lungstudy.library.actions.metadata import MetadataError
from lungstudy.library.actions.sources import SourceError
from lungstudy.library.actions.storing import StorageFullError
from lungstudy.library.forms.masks import MOST_MASKS, MaskImportForm
from lungstudy.library.models import Dataset
from lungstudy.library.views.importing import uploaded_files
from lungstudy.library.views.uploading import FolderUploadHandler

EXPECTED = (MaskImportError, MaskSetError, MetadataError, SourceError, StorageFullError)


@researcher_required
@never_cache
@csrf_exempt  # Django reads the whole body to check; mask_form does so, once the files have a place to go.
@require_http_methods(["GET", "POST"])
def mask_import(request: SignedInRequest) -> HttpResponseBase:
    """Choose masks and say what they are; the files are gone again when the answer is sent."""
    upload = FolderUploadHandler(request)
    request.upload_handlers = [upload]
    try:
        return mask_form(request, upload)
    except TooManyFilesSent:
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        messages.error(request, f"More than {most:,} files were sent at once. Put them into a zip and send that.")
        return redirect("library:mask_import")
    finally:
        shutil.rmtree(upload.folder, ignore_errors=True)


@csrf_protect
def mask_form(request: SignedInRequest, upload: FolderUploadHandler) -> HttpResponseBase:
    """The form, with what came of the masks that it brought."""
    report = None
    if request.method == "GET":
        chosen = Dataset.objects.filter(name=request.GET.get("over", "")).first()
        form = MaskImportForm(initial={"dataset": chosen})
    else:
        form = MaskImportForm(request.POST, upload=uploaded_files(request, upload))
        report = imported(form, request) if form.is_valid() else None
    context = {
        "form": form,
        "report": report,
        "most_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "most_masks": MOST_MASKS,
        "has_images": Dataset.objects.filter(images__isnull=False).exists(),
    }
    return render(request, "library/mask_import.html", context)


def imported(form: MaskImportForm, request: SignedInRequest) -> MaskReport | None:
    """What came of a valid form; None where the import as a whole was refused, which the form then says."""
    try:
        return import_masks(order=form.order(), by=request.user)
    except EXPECTED as error:
        form.add_error(None, str(error))
        return None
