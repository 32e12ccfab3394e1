"""The researcher's side of studies: list, builder and the page of one study."""

from collections.abc import Callable
from itertools import zip_longest
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.actions.errors import StudyError
from reader.actions.joining import TAKES_READERS
from reader.actions.picking import Pick, pick_for
from reader.actions.protocol import canonical
from reader.actions.protocol_checks import problems_of
from reader.actions.sealing import stop_sealing
from reader.actions.sealing_checks import OF_THE_DRAW, practice_shows_both_answers, refusals
from reader.actions.totals import SECONDS_PER_ANSWER, totals_of
from reader.actions.way_in import steps_asked
from reader.forms.pools import PoolForm
from reader.forms.reading_out import protocol_by_part
from reader.forms.studies import InviteForm, ResearcherForm
from reader.models import Study


def study_of(request: SignedInRequest, token: UUID) -> Study:
    """The study, if this person may see its research side."""
    return get_object_or_404(Study.objects.visible_to(request.user), token=token)


@researcher_required
@require_GET
def studies(request: SignedInRequest) -> HttpResponse:
    """All studies this person may see, newest first."""
    return render(request, "reader/studies.html", {"studies": Study.objects.visible_to(request.user).with_counts()})


@researcher_required
@require_GET
def study(request: SignedInRequest, token: UUID) -> HttpResponse:
    """One study: what to do next, then everything it is made of."""
    found = study_of(request, token)
    return render(request, "reader/study.html", study_context(found))


def study_context(study: Study) -> dict[str, object]:
    """What the page of a study shows; counts and pace, never a verdict."""
    has_practice = study.trials.filter(practice=True).exists()
    places = study.assignments.with_progress().with_pace().select_related("reader", "invitation")
    return {
        "study": study,
        "places": places,
        "has_groups": study.assignments.exclude(group="").exists(),
        "has_practice": has_practice,
        "way_in": steps_asked(study, practice=has_practice),
        "takes_readers": study.state in TAKES_READERS,
        "n_joined": study.assignments.joined().count(),
        "n_finished": study.assignments.finished().count(),
        "invite_form": InviteForm(),
        "researcher_form": ResearcherForm(),
        "researchers": study.researchers.all(),
        **draft_context(study),
    }


def draft_context(study: Study) -> dict[str, object]:
    """What it is made of, and in a draft what is still to be done before the seal."""
    n_cases = study.cases.count()
    pools = list(study.pools.select_related("dataset"))
    is_draft = study.state == Study.State.DRAFT
    picks: list[Pick] = pick_for(study, pools) if is_draft else []
    return {
        "n_cases": n_cases,
        "n_masked": study.cases.exclude(marker_masks=[]).count(),
        "n_unseen": study.cases.filter(markers_checked_at=None).count(),
        "totals": totals_of(study, pools),
        "seconds_per_answer": SECONDS_PER_ANSWER,
        "parts": protocol_by_part(study),
        "pools": list(zip_longest(pools, picks)),
        "picks": picks,
        "pool_form": PoolForm(),
        "sealing": study.sealings.first(),
        "problems": problems_of(study) if is_draft else [],
        "thoughts": refusals(study, [practice_shows_both_answers]) if is_draft else [],
        "refusals": refusals(study, OF_THE_DRAW) if n_cases and is_draft else [],
    }


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
