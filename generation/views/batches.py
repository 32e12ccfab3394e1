"""Batches: the list, the form that queues one, one batch's page, cancel and retry."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from generation.actions.prompts import describe_length
from generation.actions.queueing import QueueingError, cancel_batch, queue_batch, retry_batch
from generation.actions.registering import register_starter
from generation.forms import BatchForm
from generation.forms.batch import blank_batch
from generation.models import Batch, Generator
from generation.reports.progress import BatchProgress
from generation.tasks import run_job
from lungstudy.accounts.access import SignedInRequest, researcher_required


@researcher_required
@require_GET
def batches(request: SignedInRequest) -> HttpResponse:
    """All batches, newest first."""
    found = Batch.objects.with_progress().select_related("generator", "dataset", "created_by")[:200]
    return render(request, "generation/batches.html", {"batches": found})


@researcher_required
@require_http_methods(["GET", "POST"])
def new_batch(request: SignedInRequest) -> HttpResponse:
    """Choose a model, a prompt and numbers; queue the batch."""
    register_starter()
    generator = chosen_generator(request)
    if generator is None:
        return redirect("generation:generators")
    if already := Batch.objects.sent_with(request.POST.get("request_key", "")):
        return redirect("generation:batch", already.token)  # the second click of a double click
    form = BatchForm(request.POST or None, initial=blank_batch(generator))
    if form.is_valid() and (batch := queue_form(request, form)):
        return redirect("generation:batch", batch.token)
    return render(request, "generation/new_batch.html", {"form": form, "generators": Generator.objects.available()})


def chosen_generator(request: SignedInRequest) -> Generator | None:
    """The generator that the address names, else the first."""
    generators = Generator.objects.available()
    return generators.with_token(request.GET.get("generator", "")) or generators.first()


def queue_form(request: SignedInRequest, form: BatchForm) -> Batch | None:
    """Queue what a valid form asks for; None, with the reason on the form, if the data set refuses it by now."""
    try:
        batch = queue_batch(
            order=form.order(),
            dataset=form.target(),
            request_key=form.cleaned_data["request_key"],
            by=request.user,
        )
    except QueueingError as exc:
        form.add_error("dataset", str(exc))
        return None
    wake(request, batch.jobs.values_list("pk", flat=True))
    return batch


def wake(request: SignedInRequest, job_ids: Iterable[int]) -> None:
    """Tell the workers; where the broker is down the jobs wait safely and beat tells them later."""
    try:
        for job_id in job_ids:
            run_job.delay_on_commit(job_id)
    except OperationalError:
        messages.warning(request, "The queue does not answer just now; the batch is stored and starts when it does.")


@researcher_required
@require_GET
def prompt_length(request: SignedInRequest) -> HttpResponse:
    """How many tokens the prompt has, while it is being typed."""
    generator = Generator.objects.available().with_token(request.GET.get("generator", ""))
    if generator is None:
        raise Http404
    sentence = describe_length(generator=generator, prompt=request.GET.get("prompt", ""))
    return render(request, "generation/_prompt_length.html", {"sentence": sentence})


@researcher_required
@require_GET
def batch(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Is the batch done, and what came out."""
    progress = BatchProgress(found(token))
    context = {"batch": progress.batch, "progress": progress, **progress.gallery()}
    return render(request, "generation/batch.html", context)


@researcher_required
@require_POST
def cancel(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop drawing; what is stored stays."""
    cancel_batch(batch=found(token), by=request.user)
    return redirect("generation:batch", token)


@researcher_required
@require_POST
def retry(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Draw what failed or was cancelled."""
    wake(request, retry_batch(batch=found(token), by=request.user))
    return redirect("generation:batch", token)


def found(token: UUID) -> Batch:
    """The batch of an address, or 404."""
    return get_object_or_404(Batch.objects.select_related("generator", "dataset", "created_by"), token=token)
