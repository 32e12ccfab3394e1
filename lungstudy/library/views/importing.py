"""Import: hand files over, then watch them arrive."""

import shutil
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.accounts.models import User
from lungstudy.library.actions.datasets import create_dataset
from lungstudy.library.actions.runs import cancel_import, retry_import, start_import
from lungstudy.library.forms.importing import NEW_DATASET_FIELDS, ImportForm
from lungstudy.library.forms.uploads import Upload
from lungstudy.library.models import Dataset, ImportRun
from lungstudy.library.tasks import run_import
from lungstudy.library.views.uploading import IMAGES, METADATA, FolderUploadHandler, StoredUpload

PROBLEMS_SHOWN = 500
REDIRECT = 302


@researcher_required
@csrf_exempt  # Django reads the whole body to check; import_form does so, once the files have a place to go.
@require_http_methods(["GET", "POST"])
def import_page(request: SignedInRequest) -> HttpResponseBase:
    """Choose files or a folder and the data set; the files are on disk by the time the form is checked."""
    upload = FolderUploadHandler(request)
    request.upload_handlers = [upload]
    queued = False
    try:
        response = import_form(request, upload)
        queued = response.status_code == REDIRECT
    except TooManyFilesSent:
        most = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        messages.error(request, f"More than {most:,} files were sent at once. Put them into a zip and send that.")
        return redirect("library:import")
    finally:
        if not queued:
            shutil.rmtree(upload.folder, ignore_errors=True)
    return response


@csrf_protect
def import_form(request: SignedInRequest, upload: FolderUploadHandler) -> HttpResponseBase:
    """The form, or the run that it started."""
    if request.method == "GET":
        chosen = Dataset.objects.filter(name=request.GET.get("into", "")).first()
        form = ImportForm(initial={"dataset": chosen})
    else:
        form = ImportForm(request.POST, upload=uploaded_files(request, upload))
    if not form.is_valid():
        context = {"form": form, "most_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES}
        return render(request, "library/import.html", context)
    run = queue_import(form, by=request.user)
    return redirect("library:import_run", run.token)


def uploaded_files(request: SignedInRequest, upload: FolderUploadHandler) -> Upload:
    """What arrived, and where it lies."""
    images = [file.path for file in request.FILES.getlist(IMAGES) if isinstance(file, StoredUpload)]
    csv = request.FILES.get(METADATA)
    return Upload(images, csv.path if isinstance(csv, StoredUpload) else None, upload.failure)


@transaction.atomic
def queue_import(form: ImportForm, *, by: User) -> ImportRun:
    """The data set if it is new, and a run that a worker is woken for."""
    data = form.cleaned_data
    described = {name: data[name] for name in NEW_DATASET_FIELDS}
    run = start_import(
        dataset=data["dataset"] or create_dataset(**described, by=by),
        source=form.source,
        metadata_csv=form.upload.metadata_csv,
        window=data["window"],
        uploaded=bool(form.upload.images),
        by=by,
    )
    wake_worker(run)
    return run


def wake_worker(run: ImportRun) -> None:
    """Tell a worker once the run is stored; where the broker is down, the run waits and beat tells one later."""
    transaction.on_commit(lambda: run_import.delay(run.pk), robust=True)


@researcher_required
@never_cache
@require_GET
def import_run(request: SignedInRequest, token: UUID) -> HttpResponse:
    """What a run does, what it brought in, and which files it could not take."""
    return render(request, "library/import_run.html", run_context(token))


@researcher_required
@never_cache
@require_GET
def import_progress(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The part of the page that changes; it asks again only while there is something to wait for."""
    return render(request, "library/_import_progress.html", run_context(token))


def run_context(token: UUID) -> dict[str, object]:
    """A run with its problems, those that cost a file first."""
    runs = ImportRun.objects.with_problem_counts().select_related("dataset", "created_by")
    run = get_object_or_404(runs, token=token)
    problems = run.problems.order_by("kind", "pk")
    return {"run": run, "problems": problems[:PROBLEMS_SHOWN], "n_hidden": max(0, problems.count() - PROBLEMS_SHOWN)}


@researcher_required
@require_POST
def cancel(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop a run; what it stored stays."""
    cancel_import(run=get_object_or_404(ImportRun, token=token), by=request.user)
    return redirect("library:import_run", token)


@researcher_required
@require_POST
def retry(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Let a failed run go on where it stopped."""
    run = get_object_or_404(ImportRun, token=token)
    if retry_import(run=run, by=request.user):
        wake_worker(run)
    return redirect("library:import_run", token)
