"""The researcher's side of studies: list, builder and the page of one study."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.actions.drafts import add_pool, create_study, edit_study, remove_pool
from reader.actions.drawing import draw_cases, images_of
from reader.actions.errors import StudyError
from reader.actions.sealing import ask_to_seal
from reader.actions.sealing_checks import BEFORE_RENDERING, refusals
from reader.forms.studies import InviteForm, PoolForm, ResearcherForm, StudyForm
from reader.models import Pool, Sealing, Study
from reader.tasks import run_sealing

STEPS_PER_STATE = {
    Study.State.SEALED: ["open"],
    Study.State.OPEN: ["close"],
    Study.State.CLOSED: ["unblind"],
}


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
        return then_back(request, token, lambda: edit_study(study=study, **form.cleaned_data))
    return render(request, "reader/study_form.html", {"form": form, "study": study})


@researcher_required
@require_GET
def study(request: SignedInRequest, token: UUID) -> HttpResponse:
    """One study: what to do next, then everything it is made of."""
    found = study_of(request, token)
    return render(request, "reader/study.html", study_context(request, found))


def study_context(request: SignedInRequest, study: Study) -> dict[str, object]:
    """What the page of a study shows; counts and pace, never a verdict."""
    cases = study.cases.count()
    return {
        "study": study,
        "pools": [(pool, images_of(pool).count()) for pool in study.pools.select_related("dataset")],
        "n_cases": cases,
        "n_masked": study.cases.exclude(marker_masks=[]).count(),
        "pool_form": PoolForm(),
        "invite_form": InviteForm(),
        "researcher_form": ResearcherForm(),
        "researchers": study.researchers.all(),
        "sealing": study.sealings.first(),
        "refusals": refusals(study, BEFORE_RENDERING) if cases else [],
        "places": study.assignments.with_progress().select_related("reader", "invitation"),
        "steps": STEPS_PER_STATE.get(Study.State(study.state), []),
        "link": request.session.pop(f"link-of-{study.token}", None),
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
    form = PoolForm(request.GET)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name) for name in ("dataset", "finding", "view")}
    if chosen["dataset"] is None:
        return HttpResponse("")
    pool = Pool(study=study_of(request, token), count=1, **chosen)
    images = images_of(pool)
    patients = images.exclude(patient_key="").values("patient_key").distinct().count()
    drawable = patients + images.filter(patient_key="").count()
    return render(request, "reader/_availability.html", {"n_images": images.count(), "n_drawable": drawable})


@researcher_required
@require_POST
def draw(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Draw the cases of a draft by its seed."""
    found = study_of(request, token)
    return then_back(request, token, lambda: draw_cases(study=found))


@researcher_required
@require_POST
def seal(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Queue the rendering that ends in the seal."""
    found = study_of(request, token)

    def ask() -> None:
        sealing = ask_to_seal(study=found, by=request.user)
        run_sealing.delay_on_commit(sealing.pk)

    return then_back(request, token, ask)


@researcher_required
@require_GET
def sealing(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Progress of the sealing, as a fragment; tells the page to reload when it has ended."""
    last = Sealing.objects.filter(study=study_of(request, token)).first()
    response = render(request, "reader/_sealing.html", {"sealing": last, "study": study_of(request, token)})
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
