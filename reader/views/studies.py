"""The researcher's side of studies: list, builder and the page of one study."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.models import Image
from reader.actions.drafts import add_pool, create_study, edit_study, remove_pool
from reader.actions.drawing import Availability, availability_for, draw_cases
from reader.actions.errors import StudyError
from reader.actions.joining import TAKES_READERS
from reader.actions.protocol import canonical
from reader.actions.sealing import stop_sealing
from reader.actions.sealing_checks import BEFORE_RENDERING, refusals
from reader.forms.studies import InviteForm, PoolForm, ResearcherForm, StudyForm
from reader.models import Pool, Study


def study_of(request: SignedInRequest, token: UUID) -> Study:
    """The study, if this person may see its research side."""
    return get_object_or_404(Study.objects.visible_to(request.user), token=token)


@researcher_required
@require_GET
def studies(request: SignedInRequest) -> HttpResponse:
    """All studies this person may see, newest first."""
    return render(request, "reader/studies.html", {"studies": Study.objects.visible_to(request.user).with_counts()})


@researcher_required
@require_http_methods(["GET", "POST"])
def new_study(request: SignedInRequest) -> HttpResponse:
    """Start a draft."""
    form = StudyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        study = create_study(by=request.user, **form.cleaned_data)
        return redirect("reader:study", study.token)
    return render(request, "reader/study_form.html", {"form": form})


@researcher_required
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Change a draft."""
    study = study_of(request, token)
    form = StudyForm(request.POST or None, instance=study)
    if request.method == "POST" and form.is_valid():
        return then_back(request, token, lambda: save_draft(request, study, form))
    return render(request, "reader/study_form.html", {"form": form, "study": study})


def save_draft(request: SignedInRequest, study: Study, form: StudyForm) -> None:
    """Store the form, and say what that undid."""
    undone = edit_study(study=study, **form.cleaned_data)
    if undone:
        messages.warning(request, undone)


@researcher_required
@require_GET
def study(request: SignedInRequest, token: UUID) -> HttpResponse:
    """One study: what to do next, then everything it is made of."""
    found = study_of(request, token)
    return render(request, "reader/study.html", study_context(request, found))


def study_context(request: SignedInRequest, study: Study) -> dict[str, object]:
    """What the page of a study shows; counts and pace, never a verdict."""
    places = study.assignments.with_progress().with_pace().select_related("reader", "invitation")
    return {
        "study": study,
        "pools": pools_of(study),
        "places": places,
        "has_groups": study.assignments.exclude(group="").exists(),
        "takes_readers": study.state in TAKES_READERS,
        "n_joined": study.assignments.joined().count(),
        "n_finished": study.assignments.finished().count(),
        "invite_form": InviteForm(),
        "researcher_form": ResearcherForm(),
        "researchers": study.researchers.all(),
        "link": request.session.pop(f"link-of-{study.token}", None),
        **draft_context(study),
    }


def pools_of(study: Study) -> list[tuple[Pool, Availability | None]]:
    """The pools, in a draft with what each could draw."""
    pools = study.pools.select_related("dataset", "study")
    return [(pool, availability_for(pool) if study.state == Study.State.DRAFT else None) for pool in pools]


def draft_context(study: Study) -> dict[str, object]:
    """What is still to be done before the seal."""
    n_cases = study.cases.count()
    return {
        "n_cases": n_cases,
        "n_masked": study.cases.exclude(marker_masks=[]).count(),
        "n_unseen": study.cases.filter(markers_checked_at=None).count(),
        "pool_form": PoolForm(),
        "sealing": study.sealings.first(),
        "refusals": refusals(study, BEFORE_RENDERING) if n_cases and study.state == Study.State.DRAFT else [],
    }


@researcher_required
@require_POST
def pool_add(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Add a pool to a draft."""
    found = study_of(request, token)
    form = PoolForm(request.POST)
    if not form.is_valid():
        return render(request, "reader/study.html", {**study_context(request, found), "pool_form": form}, status=400)
    return then_back(request, token, lambda: add_pool(study=found, **form.cleaned_data))


@researcher_required
@require_POST
def pool_remove(request: SignedInRequest, token: UUID, pool_id: int) -> HttpResponse:
    """Remove a pool of a draft."""
    found = study_of(request, token)
    return then_back(request, token, lambda: remove_pool(study=found, pool_id=pool_id))


@researcher_required
@require_GET
def availability(request: SignedInRequest, token: UUID) -> HttpResponse:
    """How many images the pool that is being typed could draw, as a fragment."""
    found = study_of(request, token)
    form = PoolForm(request.GET)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name) or "" for name in ("finding", "view")}
    dataset = form.cleaned_data.get("dataset")
    if dataset is None:
        return HttpResponse("")
    images = Image.objects.usable().filter(dataset=dataset)
    context = {
        "there": availability_for(Pool(study=found, origin=dataset.origin, dataset=dataset, count=1, **chosen)),
        "findings": images.values_of("finding"),
        "views": images.values_of("view"),
    }
    return render(request, "reader/_availability.html", context)


@researcher_required
@require_POST
def draw(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Draw the cases of a draft by its seed."""
    found = study_of(request, token)
    return then_back(request, token, lambda: draw_cases(study=found))


@researcher_required
@require_GET
def protocol(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The sealed protocol, byte for byte what its hash was taken of."""
    found = get_object_or_404(Study.objects.visible_to(request.user).exclude(protocol_sha256=""), token=token)
    response = HttpResponse(canonical(found.protocol), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="protocol.json"'
    return response


@researcher_required
@require_POST
def sealing_stop(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Stop a sealing; the study stays a draft."""
    found = study_of(request, token)
    return then_back(request, token, lambda: stop_sealing(study=found, by=request.user))


@researcher_required
@require_GET
def sealing(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Progress of the sealing, as a fragment; tells the page to reload when it has ended."""
    found = study_of(request, token)
    last = found.sealings.first()
    response = render(request, "reader/_sealing.html", {"sealing": last, "study": found})
    if last is None or not last.is_open:
        response["HX-Refresh"] = "true"
    return response


def then_back(request: SignedInRequest, token: UUID, action: Callable[[], object]) -> HttpResponse:
    """Do it, say why not where it is refused, and return to the study."""
    try:
        action()
    except StudyError as error:
        messages.error(request, str(error))
    return redirect(reverse("reader:study", args=[token]))
