"""Generators: which models may be used, registering one, retiring one."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from generation.actions.registering import register_generator, register_starter, retire_generator
from generation.diffusion.errors import DiffusionError
from generation.forms import GeneratorForm
from generation.models import Generator
from lungstudy.accounts.access import SignedInRequest, researcher_required


@researcher_required
@require_http_methods(["GET", "POST"])
def generators(request: SignedInRequest) -> HttpResponse:
    """The registered models, and a form that checks and registers another."""
    register_starter()
    form = GeneratorForm(request.POST or None)
    if form.is_valid() and (added := register(request, form)):
        messages.success(request, f"{added} is registered and can draw now.")
        return redirect("generation:generators")
    known = Generator.objects.available().annotate(n_batches=Count("batches"))
    return render(request, "generation/generators.html", {"generators": known, "form": form})


def register(request: SignedInRequest, form: GeneratorForm) -> Generator | None:
    """The new generator, or None with the reason on the form."""
    try:
        return register_generator(**form.cleaned_data, by=request.user)
    except DiffusionError as exc:
        form.add_error("source", str(exc))
        return None


@researcher_required
@require_POST
def retire(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Offer the generator no longer."""
    retire_generator(generator=get_object_or_404(Generator.objects.available(), token=token), by=request.user)
    return redirect("generation:generators")
