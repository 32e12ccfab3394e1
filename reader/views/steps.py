"""Steps that cannot be taken back: each says what will be final and asks for the study's name."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.accounts.models import User
from reader.actions.errors import StudyError
from reader.actions.lifecycle import close_study, delete_study, open_study, unblind_study
from reader.actions.sealing import ask_to_seal
from reader.actions.sealing_checks import BEFORE_RENDERING, WORTH_A_THOUGHT, refusals
from reader.forms.studies import ConfirmForm
from reader.models import Study
from reader.tasks import run_sealing
from reader.views.studies import study_of


@dataclass(frozen=True)
class Step:
    """What a step is called, what it makes final, and the action that takes it."""

    name: str
    final: str
    act: Callable[[Study, User], None]


def ask_and_wake(study: Study, by: User) -> None:
    """Queue the rendering that ends in the seal, and wake a worker; where the broker is down, beat does so later."""
    sealing = ask_to_seal(study=study, by=by)
    with suppress(OperationalError, OSError):
        run_sealing.delay_on_commit(sealing.pk)


STEPS = {
    "seal": Step(
        "Seal",
        "Every image is rendered as readers will see it; then images, masks, question, policy and orders are fixed "
        "for good. Only readers and researchers can be added afterwards.",
        ask_and_wake,
    ),
    "open": Step(
        "Open",
        "Readers can read from now on. A study that is open cannot go back to sealed.",
        lambda study, by: open_study(study=study, by=by),
    ),
    "close": Step(
        "Close",
        "No more readings count. Answers that arrive later are kept apart. A closed study cannot be opened again.",
        lambda study, by: close_study(study=study, by=by),
    ),
    "unblind": Step(
        "Unblind",
        "Truth is joined to the readings and the results appear. This goes on record under your name for good.",
        lambda study, by: unblind_study(study=study, by=by),
    ),
    "delete": Step(
        "Delete",
        "The study, its readers' answers and its rendered images are removed for good. Images stay in the library.",
        lambda study, by: delete_study(study=study, by=by, why="asked for on the study's page"),
    ),
}


@researcher_required
@require_http_methods(["GET", "POST"])
def step(request: SignedInRequest, token: UUID, verb: str) -> HttpResponse:
    """Say what will be final, take the name, take the step."""
    study = study_of(request, token)
    if verb not in STEPS:
        raise Http404
    form = ConfirmForm(request.POST or None, study=study)
    if request.method == "POST" and form.is_valid():
        return take(request, study, verb)
    context = {"study": study, "step": STEPS[verb], "verb": verb, "form": form, "warnings": warnings(study, verb)}
    return render(request, "reader/step.html", context)


def warnings(study: Study, verb: str) -> list[str]:
    """What somebody might regret, said before it is too late."""
    if verb == "seal":
        return refusals(study, [*BEFORE_RENDERING, *WORTH_A_THOUGHT])
    return [*unfinished(study), *blocks_without_reader(study)] if verb == "close" else []


def unfinished(study: Study) -> list[str]:
    """Readers who are still at it."""
    joined, finished = study.assignments.joined().count(), study.assignments.finished().count()
    if finished == joined:
        return []
    return [f"{joined - finished} of the {joined} who joined are not through all images yet."]


def blocks_without_reader(study: Study) -> list[str]:
    """Parts of the images that have no reader, such as after a link was taken back and its place never filled."""
    there = set(study.assignments.joined().values_list("block", flat=True))
    missing = [str(block) for block in range(1, study.blocks + 1) if block not in there]
    if not there or not missing:
        return []
    where = f"block{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
    sentence = f"Nobody joined as a reader of {where}, so their images are read by nobody."
    return [f"{sentence} Make a new link for a place of theirs before you close."]


def take(request: SignedInRequest, study: Study, verb: str) -> HttpResponse:
    """Act, and say what happened."""
    try:
        STEPS[verb].act(study, request.user)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("reader:study", study.token)
    if verb == "delete":
        messages.success(request, f"“{study.title}” and its files are deleted.")
        return redirect("reader:studies")
    return redirect("reader:results" if verb == "unblind" else "reader:study", study.token)
