"""Home: what is running and what waits for this person."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from generation.models import Batch, Job
from lungstudy.accounts.models import User
from lungstudy.library.models import Dataset, Image, ImportRun
from lungstudy.site.reading_list import reading_list
from reader.models import Sealing, Study


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """A reader's studies, or a researcher's running work and next steps."""
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type; login_required guards it
    if request.user.is_researcher:
        return render(request, "site/researcher_home.html", researcher_context(request.user))
    return render(request, "site/reader_home.html", {"places": reading_list(request.user)})


def running_batches() -> QuerySet[Batch]:
    """Batches with a job that waits or runs."""
    return Batch.objects.with_progress().filter(pk__in=Job.objects.unfinished().values("batch"), cancelled_at=None)


def researcher_context(user: User) -> dict[str, object]:
    """What runs now, the newest studies, and what the library holds."""
    studies = Study.objects.visible_to(user)
    return {
        "imports": ImportRun.objects.unfinished().select_related("dataset")[:5],
        "batches": running_batches()[:5],
        "sealings": Sealing.objects.unfinished().filter(study__in=studies).select_related("study")[:5],
        "studies": studies[:8],
        "n_datasets": Dataset.objects.count(),
        "n_real": Image.objects.usable().real().count(),
        "n_synthetic": Image.objects.usable().synthetic().count(),
        "n_to_triage": Image.objects.usable().flagged().untriaged().count(),
    }
