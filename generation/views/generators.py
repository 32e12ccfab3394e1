"""Generators: which models may be used, registering one, one model's page, retiring one."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from generation.actions.adapters import register_adapter, retire_adapter
from generation.actions.downloading import cancel_download, try_again
from generation.actions.registering import register_generator, register_starter, retire_generator
from generation.diffusion.errors import DiffusionError
from generation.forms import AdapterForm, GeneratorForm
from generation.models import Adapter, Download, Generator
from generation.tasks import run_download
from generation.views.waking import wake
from lungstudy.accounts.access import SignedInRequest, researcher_required


@researcher_required
@require_http_methods(["GET", "POST"])
def generators(request: SignedInRequest) -> HttpResponse:
    """The registered models, and a form that checks and registers another."""
    register_starter()
    form = GeneratorForm(request.POST or None)
    if form.is_valid() and (added := register(request, form)):
        if added.is_here:
            messages.success(request, f"{added} is registered and can draw now.")
        else:
            wake(request, run_download, [added.download.pk])
        return redirect("generation:generator", added.token)
    known = Generator.objects.available().select_related("download").annotate(n_batches=Count("batches"))
    return render(request, "generation/generators.html", {"generators": known, "form": form})


def register(request: SignedInRequest, form: GeneratorForm) -> Generator | None:
    """The new generator, or None with the reason on the form."""
    try:
        return register_generator(wanted=form.registration(), by=request.user)
    except DiffusionError as exc:
        form.add_error("source", str(exc))
        return None


@researcher_required
@require_http_methods(["GET", "POST"])
def generator(request: SignedInRequest, token: UUID) -> HttpResponse:
    """One model: its weights, what it was trained on, how far it is on its way, and its embeddings and LoRAs."""
    found = get_object_or_404(Generator.objects.select_related("download", "created_by"), token=token)
    form = AdapterForm(request.POST or None, request.FILES or None)
    if form.is_valid() and (added := add_adapter(request, form, found)):
        messages.success(request, f"{added} is registered and can be used in batches.")
        return redirect("generation:generator", token)
    context = {"generator": found, "adapters": Adapter.objects.available().of(found), "form": form}
    return render(request, "generation/generator.html", context)


def add_adapter(request: SignedInRequest, form: AdapterForm, generator: Generator) -> Adapter | None:
    """The new adapter, or None with the reason on the form."""
    said = {**form.cleaned_data}
    try:
        return register_adapter(generator=generator, content=said.pop("file").read(), by=request.user, **said)
    except DiffusionError as exc:
        form.add_error("file", str(exc))
        return None


@researcher_required
@require_GET
def download(request: SignedInRequest, token: UUID) -> HttpResponse:
    """How far a model is on its way, as a fragment."""
    found = get_object_or_404(Download.objects.select_related("generator"), generator__token=token)
    return render(request, "generation/_download.html", {"download": found, "generator": found.generator})


@researcher_required
@require_POST
def download_again(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Go on with a download that failed or was cancelled."""
    found = get_object_or_404(Download.objects.select_related("generator"), generator__token=token)
    if try_again(download=found, by=request.user):
        wake(request, run_download, [found.pk])
    return redirect("generation:generator", token)


@researcher_required
@require_POST
def download_cancel(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop a download; what came is kept."""
    found = get_object_or_404(Download.objects.select_related("generator"), generator__token=token)
    cancel_download(download=found, by=request.user)
    return redirect("generation:generator", token)


@researcher_required
@require_POST
def retire(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Offer the generator no longer."""
    retire_generator(generator=get_object_or_404(Generator.objects.available(), token=token), by=request.user)
    return redirect("generation:generators")


@researcher_required
@require_POST
def retire_one_adapter(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Offer the embedding or LoRA no longer."""
    found = get_object_or_404(Adapter.objects.available().select_related("generator"), token=token)
    retire_adapter(adapter=found, by=request.user)
    return redirect("generation:generator", found.generator.token)
