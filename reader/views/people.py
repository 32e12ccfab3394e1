"""Who reads a study and who runs it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.accounts.models import User
from reader.actions.errors import StudyError
from reader.actions.joining import invite_reader, renew_link, revoke_place
from reader.actions.reminders import note_reminder, reminder_for
from reader.actions.research_side import add_researcher, remove_researcher
from reader.forms.studies import InviteForm, ResearcherForm
from reader.models import Assignment, Study
from reader.views.studies import study_context, study_of, then_back


@researcher_required
@require_POST
def invite(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Make one reader's link; it is shown once, in the reply, and kept nowhere."""
    study = study_of(request, token)
    form = InviteForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    return with_link(request, study, lambda: invite_reader(study=study, by=request.user, **said))


def with_link(request: SignedInRequest, study: Study, make: Callable[[], tuple[Assignment, str]]) -> HttpResponse:
    """The study's page with a fresh link on it, or the study and why there is none."""
    try:
        assignment, secret = make()
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("reader:study", study.token)
    address = request.build_absolute_uri(reverse("accounts:invitation", args=[secret]))
    note = assignment.invitation.note if assignment.invitation else ""
    link = {"number": assignment.number, "address": address, "note": note}
    response = render(request, "reader/study.html", {**study_context(study), "link": link})
    response["Cache-Control"] = "no-store"
    return response


@researcher_required
@require_POST
def renew(request: SignedInRequest, token: UUID, number: int) -> HttpResponse:
    """Make another link to a place whose first was lost or has expired."""
    study = study_of(request, token)
    assignment = get_object_or_404(study.assignments, number=number)
    return with_link(request, study, lambda: renew_link(assignment=assignment, by=request.user))


@researcher_required
@require_http_methods(["GET", "POST"])
def remind(request: SignedInRequest, token: UUID, number: int) -> HttpResponse:
    """A text to copy or mail to a reader who has not finished; POST: it was sent."""
    study = study_of(request, token)
    assignment = get_object_or_404(study.assignments.select_related("reader", "study"), number=number)
    if request.method == "POST":
        return then_back(request, token, lambda: note_reminder(assignment=assignment, by=request.user))
    try:
        reminder = reminder_for(assignment, request.build_absolute_uri(reverse("site:home")))
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("reader:study", token)
    return render(request, "reader/remind.html", {"study": study, "place": assignment, "reminder": reminder})


@researcher_required
@require_POST
def revoke(request: SignedInRequest, token: UUID, number: int) -> HttpResponse:
    """Take an unused link back."""
    assignment = get_object_or_404(study_of(request, token).assignments, number=number)
    return then_back(request, token, lambda: revoke_place(assignment=assignment, by=request.user))


@researcher_required
@require_POST
def researcher_add(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Add somebody to the research side by user name."""
    study = study_of(request, token)
    form = ResearcherForm(request.POST)
    username = form.cleaned_data["username"] if form.is_valid() else ""

    def add() -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise StudyError(f"There is nobody called “{username}”. Type the name they sign in with.")
        add_researcher(study=study, user=user, by=request.user)
        messages.success(request, f"{user} now sees this study's research side.")

    return then_back(request, token, add)


@researcher_required
@require_POST
def researcher_remove(request: SignedInRequest, token: UUID, username: str) -> HttpResponse:
    """Take somebody off the research side."""
    study = study_of(request, token)
    user = get_object_or_404(study.researchers, username=username)
    return then_back(request, token, lambda: remove_researcher(study=study, user=user, by=request.user))
