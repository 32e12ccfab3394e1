"""The pages before reading as readers will meet them, for the research side: whatever is sent, nothing is recorded."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.actions.way_in import BACKGROUND, CONSENT, MONITOR, PRACTICE_STEP, steps_asked
from reader.forms.way_in import BackgroundForm, ConsentForm, MonitorForm, ScreenForm
from reader.models import Study
from reader.views.studies import study_of

FORMS = {CONSENT: ConsentForm, BACKGROUND: BackgroundForm, MONITOR: MonitorForm}


def way_of(study: Study) -> dict[str, str]:
    """The steps of this study, each with the address of its preview; last comes the room, named \"\"."""
    steps = steps_asked(study, practice=study.trials.filter(practice=True).exists())
    addresses = {step: reverse("reader:preview_before", args=[study.token, step]) for step in steps}
    return {**addresses, "": reverse("reader:preview_room", args=[study.token])}


@researcher_required
@never_cache
@require_http_methods(["GET", "POST"])
def preview_before(request: SignedInRequest, token: UUID, step: str) -> HttpResponse:
    """One step's page; sending its form leads on, and nowhere else."""
    study = study_of(request, token)
    way = way_of(study)
    if step not in way:
        raise Http404
    names, addresses = list(way), list(way.values())
    at = names.index(step)
    if request.method == "POST":
        return redirect("reader:study", token) if "refuse" in request.POST else redirect(addresses[at + 1])
    frame = {
        "study": study,
        "preview": True,
        "at": at + 1,
        "steps": len(way) - 1,
        "back": addresses[at - 1] if at else reverse("reader:study", args=[token]),
    }
    return render(request, f"reader/way_in/{step}.html", {**frame, **asked_at(study, step)})


def asked_at(study: Study, step: str) -> dict[str, Any]:
    """What a step's page holds beside its frame, for somebody who comes to it for the first time."""
    if step == PRACTICE_STEP:
        count = study.trials.filter(practice=True).count()
        room = reverse("reader:preview_room", args=[study.token]) + "?practice"
        return {"n_slots": count, "left": count, "room": room}
    return {"form": FORMS[step](), "screen": ScreenForm()} if step in FORMS else {}
