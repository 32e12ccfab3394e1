"""Data sets: the list, one as a grid of pictures, and what is said about it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.datasets import describe_dataset
from lungstudy.library.forms.datasets import DatasetForm, ImageFilterForm
from lungstudy.library.models import Dataset, ImportRun, Origin
from lungstudy.library.reports.rejects import Rejects

PICTURES_ON_A_PAGE = 60


@researcher_required
@require_GET
def datasets(request: SignedInRequest) -> HttpResponse:
    """Every data set with what it holds, and the imports that run."""
    running = ImportRun.objects.unfinished().select_related("dataset")
    context = {"datasets": Dataset.objects.with_counts(), "running": running}
    return render(request, "library/datasets.html", context)


@researcher_required
@require_GET
def dataset(request: SignedInRequest, token: UUID) -> HttpResponse:
    """One data set as a grid, narrowed by finding, view, flag and decision."""
    found = get_object_or_404(Dataset.objects.with_counts(), token=token)
    form = ImageFilterForm(request.GET, dataset=found)
    pictures = Paginator(form.chosen(found.images.flagged_first()), PICTURES_ON_A_PAGE)
    context = {
        "dataset": found,
        "form": form,
        "page": pictures.get_page(request.GET.get("page")),
        "rejects": Rejects.of(found.images.all()) if found.origin == Origin.SYNTHETIC else None,
        "runs": found.import_runs.with_problem_counts()[:10],
    }
    return render(request, "library/dataset.html", context)


@researcher_required
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Correct the name, licence and citation."""
    found = get_object_or_404(Dataset, token=token)
    form = DatasetForm(request.POST or None, instance=found)
    if form.is_valid():
        describe_dataset(dataset=Dataset.objects.get(pk=found.pk), **form.cleaned_data, by=request.user)
        messages.success(request, "Saved.")
        return redirect("library:dataset", token)
    return render(request, "library/edit_dataset.html", {"dataset": found, "form": form})
