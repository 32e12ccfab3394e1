"""The study builder: the form of the protocol, the pools, and the draw."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.actions.drafts import add_pool, create_study, edit_study, remove_pool
from reader.actions.drawing import draw_cases
from reader.actions.picking import pick_for, pick_with
from reader.actions.protocol_checks import pick_problems
from reader.actions.strata import values_to_choose
from reader.actions.totals import SECONDS_PER_ANSWER, totals_of
from reader.forms.pools import PoolForm
from reader.forms.protocol import StudyForm
from reader.models import Pool, Study
from reader.views.studies import study_context, study_of, then_back


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
@require_POST
def check(request: SignedInRequest, token: UUID) -> HttpResponse:
    """What the form, as it is typed, would ask of a reader, and what of it cannot be; nothing is stored."""
    study = study_of(request, token)
    pools = list(study.pools.select_related("dataset"))
    form = StudyForm(request.POST, instance=study)
    form.is_valid()
    typed = form.instance
    context = {
        "refused": [(form[name], sentences) for name, sentences in form.errors.items() if name in form.fields],
        "problems": pick_problems(typed, pick_for(typed, pools)),
        "totals": totals_of(typed, pools),
        "seconds_per_answer": SECONDS_PER_ANSWER,
    }
    return render(request, "reader/_check.html", context)


@researcher_required
@require_POST
def pool_add(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Add a pool to a draft."""
    found = study_of(request, token)
    form = PoolForm(request.POST)
    if not form.is_valid():
        return render(request, "reader/study.html", {**study_context(found), "pool_form": form}, status=400)
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
    """How many images the pool that is being typed could draw, and what else can be chosen, as a fragment."""
    found = study_of(request, token)
    form = PoolForm(request.GET)
    form.is_valid()
    typed = form.cleaned_data
    if "origin" not in typed:
        return render(request, "reader/_availability.html")
    stratum = {name: typed.get(name) or "" for name in ("origin", "finding", "view", "generator", "prompt")}
    practice, count = bool(typed.get("practice")), typed.get("count") or 1
    pool = Pool(study=found, dataset=typed["dataset"], practice=practice, count=count, **stratum)
    context = {
        "pick": pick_with(found, pool),
        "choices": values_to_choose(pool),
        "totals": totals_of(found, [*found.pools.all(), pool]),
        "seconds_per_answer": SECONDS_PER_ANSWER,
    }
    return render(request, "reader/_availability.html", context)


@researcher_required
@require_POST
def draw(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Draw the cases of a draft by its seed."""
    found = study_of(request, token)
    return then_back(request, token, lambda: draw_cases(study=found))
