"""Batches: the list, the form that queues one, and one batch's page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from generation.actions.attending import in_prompt
from generation.actions.orders import QueueingError
from generation.actions.prompts import describe_length, vectors_of
from generation.actions.queueing import queue_batch
from generation.actions.registering import register_starter
from generation.forms import BatchForm
from generation.forms.batch import LORA, blank_batch, loras_of
from generation.forms.lines import LinesForm
from generation.models import Batch, Generator
from generation.reports.progress import BatchProgress
from generation.tasks import run_job
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required

PROMPTS_SHOWN = 5


@researcher_required
@require_GET
def batches(request: SignedInRequest) -> HttpResponse:
    """What waits, in the order in which it will be drawn, and all batches, newest first."""
    found = Batch.objects.with_progress().select_related("generator", "dataset", "created_by")
    waiting = Batch.objects.with_progress().select_related("generator").filter(pk__in=Batch.objects.waiting())
    context = {"batches": found[:200], "waiting": waiting.order_by("-priority", "pk")}
    return render(request, "generation/batches.html", context)


@researcher_required
@require_http_methods(["GET", "POST"])
def new_batch(request: SignedInRequest) -> HttpResponse:
    """Choose a model, prompts and numbers; queue the batch."""
    register_starter()
    generator = chosen_generator(request)
    if generator is None:
        return redirect("generation:generators")
    if already := Batch.objects.sent_with(request.POST.get("request_key", "")):
        return redirect("generation:batch", already.token)  # the second click of a double click
    form = BatchForm(request.POST or None, request.FILES or None, initial=blank_batch(generator))
    if form.is_valid() and (batch := queue_form(request, form)):
        return redirect("generation:batch", batch.token)
    context = {"form": form, "generators": Generator.objects.ready(), **beside(generator, request)}
    return render(request, "generation/new_batch.html", context)


def chosen_generator(request: SignedInRequest) -> Generator | None:
    """The generator that the form or the address names, else the first."""
    generators = Generator.objects.ready()
    named = request.POST.get("generator") or request.GET.get("generator", "")
    return generators.with_token(named) or generators.first()


def beside(generator: Generator, request: SignedInRequest) -> dict[str, object]:
    """What was learned beside a generator, for the form: LoRAs with the scales that were typed, words of embeddings."""
    loras = [(LORA + lora.token.hex, lora, request.POST.get(LORA + lora.token.hex, "")) for lora in loras_of(generator)]
    return {"loras": loras, "words": vectors_of(generator).items()}


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
    for warning in form.warnings:
        messages.warning(request, warning)
    wake(request, run_job, batch.jobs.values_list("pk", flat=True))
    return batch


@researcher_required
@require_GET
def prompt_length(request: SignedInRequest) -> HttpResponse:
    """How many tokens the prompt has, while it is being typed."""
    generator = Generator.objects.ready().with_token(request.GET.get("generator", ""))
    if generator is None:
        raise Http404
    sentence = describe_length(generator=generator, prompt=request.GET.get("prompt", ""))
    return render(request, "generation/_prompt_length.html", {"sentence": sentence})


@researcher_required
@require_GET
def attention(request: SignedInRequest) -> HttpResponse:
    """Whether the phrases stand in the prompt, and which structures do, while either is being typed."""
    generator = Generator.objects.ready().with_token(request.GET.get("generator", ""))
    if generator is None:
        raise Http404
    context = in_prompt(generator=generator, prompt=request.GET.get("prompt", ""), typed=request.GET.get("attend", ""))
    return render(request, "generation/_attention_check.html", context)


@researcher_required
@require_GET
def adapters(request: SignedInRequest) -> HttpResponse:
    """What was learned beside the generator that is chosen on the form."""
    generator = Generator.objects.ready().with_token(request.GET.get("generator", ""))
    if generator is None:
        raise Http404
    return render(request, "generation/_adapters.html", beside(generator, request))


@researcher_required
@require_POST
def preview(request: SignedInRequest) -> HttpResponse:
    """Which prompts a template, its choices or a CSV make, and how many images; or what is wrong with them."""
    form = LinesForm(request.POST, request.FILES)
    lines = form.cleaned_data["lines"] if form.is_valid() else ()
    prompts = list(dict.fromkeys(line.prompt for line in lines))
    context = {
        "problems": [error for errors in form.errors.values() for error in errors],
        "count": sum(line.count for line in lines),
        "prompts": prompts[:PROMPTS_SHOWN],
        "n_prompts": len(prompts),
        "n_more": max(0, len(prompts) - PROMPTS_SHOWN),
    }
    return render(request, "generation/_preview.html", context)


@researcher_required
@require_GET
def batch(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Is the batch done, and what came out."""
    progress = BatchProgress(found(token))
    runs = progress.batch.mask_runs.select_related("mask_set")
    context = {"batch": progress.batch, "progress": progress, "mask_runs": runs}
    context |= {**progress.lines(), **progress.gallery()}
    return render(request, "generation/batch.html", context)


def found(token: UUID) -> Batch:
    """The batch of an address, or 404."""
    batches = Batch.objects.with_title().select_related("generator", "dataset", "created_by")
    return get_object_or_404(batches, token=token)
