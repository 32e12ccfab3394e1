"""The pages between an invitation and the first image, one for each step, and those for waiting and for the end.

Like the reading room they know nothing of where an image came from.
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from reader.actions import briefing
from reader.actions.sessions import begin_next_session, next_opens_at, told_to_the_minute
from reader.actions.summary import summary_of
from reader.actions.way_in import (
    BACKGROUND,
    CONSENT,
    DONE,
    INSTRUCTIONS,
    MONITOR,
    NOT_OPEN,
    PRACTICE_STEP,
    READ,
    STEPS,
    WAIT,
    is_taken,
    next_step,
    practice_slots,
    steps_of,
)
from reader.forms.way_in import SEEN, BackgroundForm, ConsentForm, MonitorForm, ScreenForm
from reader.models import Assignment, Background, Study

HALF_A_YEAR = 180 * 24 * 3600


def way_in_first(request: HttpRequest, assignment: Assignment) -> HttpResponse | None:
    """Where a reader has to go before the room; None where they may read, or have read all.

    Called by the room: a session that is due begins here.
    """
    begin_next_session(assignment)
    step = step_of(request, assignment)
    return None if step in (READ, DONE) else redirect(address_of(assignment, step))


def way_to_practice(request: HttpRequest, assignment: Assignment) -> HttpResponse | None:
    """Where a reader has to go before the practice room; None where that is the step they are at."""
    step = step_of(request, assignment)
    return None if step == PRACTICE_STEP else redirect(address_of(assignment, PRACTICE_STEP))


def own_place(request: HttpRequest, token: UUID) -> Assignment:
    """This reader's place in the study."""
    return get_object_or_404(Assignment.objects.of_reader(request.user).select_related("study", "reader"), token=token)


def step_of(request: HttpRequest, assignment: Assignment) -> str:
    """What comes next at this browser."""
    return next_step(assignment, screen=checked_screen(request, assignment))


def cookie_of(assignment: Assignment) -> str:
    """The name under which a browser remembers its monitor check."""
    return f"monitor-{assignment.token.hex}"


def checked_screen(request: HttpRequest, assignment: Assignment) -> UUID | None:
    """The monitor check that this browser remembers."""
    try:
        return UUID(request.COOKIES.get(cookie_of(assignment), ""))
    except ValueError:
        return None


def address_of(assignment: Assignment, step: str) -> str:
    """The page of a step."""
    pages = {NOT_OPEN: "room", READ: "room", WAIT: "wait", DONE: "thanks"}
    if step in pages:
        return reverse(f"reader:{pages[step]}", args=[assignment.token])
    return reverse("reader:before", args=[assignment.token, step])


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def before(request: HttpRequest, token: UUID, step: str) -> HttpResponse:
    """One step's page; it can be opened once all before it are behind the reader, and again at any time."""
    assignment = own_place(request, token)
    if step not in STEPS:
        raise Http404
    upcoming = step_of(request, assignment)
    reached = upcoming not in STEPS or STEPS.index(step) <= STEPS.index(upcoming)
    if assignment.study.state != Study.State.OPEN or step not in steps_of(assignment) or not reached:
        return redirect(address_of(assignment, upcoming))
    return PAGES[step](request, assignment)


def onward(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """To whatever comes next."""
    return redirect(address_of(assignment, step_of(request, assignment)))


def page(request: HttpRequest, assignment: Assignment, step: str, **context: object) -> HttpResponse:
    """A step's page with its place among the others."""
    steps = steps_of(assignment)
    at = steps.index(step)
    frame = {
        "assignment": assignment,
        "study": assignment.study,
        "at": at + 1,
        "steps": len(steps),
        "back": address_of(assignment, steps[at - 1]) if at else reverse("site:home"),
        "onward": address_of(assignment, step_of(request, assignment)),
        "taken": is_taken(assignment, step, checked_screen(request, assignment)),
    }
    return render(request, f"reader/way_in/{step}.html", {**frame, **context})


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, even where that is nothing; None where the page is opened."""
    return request.POST if request.method == "POST" else None


def consent(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """What the reader agrees to; refusing stores nothing and closes nothing."""
    if "refuse" in request.POST:
        messages.info(
            request,
            f"You have not agreed to take part in “{assignment.study.title}”, and nothing was recorded. "
            "Thank you for considering it; the study stays here in case you change your mind.",
        )
        return redirect("site:home")
    form = ConsentForm(posted(request))
    if form.is_valid():
        briefing.agree(assignment=assignment)
        return onward(request, assignment)
    return page(request, assignment, CONSENT, form=form)


def background(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """The short questionnaire; it can be corrected while the study is open."""
    said = Background.objects.filter(assignment=assignment).first()
    form = BackgroundForm(posted(request), instance=said)
    if form.is_valid():
        briefing.store_background(assignment=assignment, **form.cleaned_data)
        return onward(request, assignment)
    return page(request, assignment, BACKGROUND, form=form)


def instructions(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """What to do; the room's help leads back here."""
    if request.method == "POST":
        briefing.note_briefed(assignment=assignment)
        return onward(request, assignment)
    return page(request, assignment, INSTRUCTIONS)


def monitor(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """A grey-scale pattern and three questions; a no brings advice, and the reader goes on all the same."""
    form = MonitorForm(posted(request))
    if not form.is_valid():
        return page(request, assignment, MONITOR, form=form, screen=ScreenForm())
    seen = form.seen()
    agent = request.headers.get("User-Agent", "")
    screen = ScreenForm(request.POST).facts()
    check = briefing.store_monitor_check(assignment=assignment, seen=seen, user_agent=agent, **screen)
    request.COOKIES[cookie_of(assignment)] = str(check.key)
    unseen = [name for name, _ in SEEN if not seen[name]]
    response = page(request, assignment, MONITOR, unseen=unseen) if unseen else onward(request, assignment)
    response.set_cookie(
        cookie_of(assignment), str(check.key), max_age=HALF_A_YEAR, httponly=True, samesite="Lax",
        path=reverse("reader:room", args=[assignment.token]), secure=request.is_secure(),
    )  # fmt: skip
    return response


def practice(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """What practice is, before it; that it is over, after it."""
    briefing.note_practised(assignment=assignment)
    if request.method == "POST":
        briefing.pass_practice_over(assignment=assignment)
        return onward(request, assignment)
    slots = practice_slots(assignment)
    left = slots.unread().count()
    room = reverse("reader:practice", args=[assignment.token])
    return page(request, assignment, PRACTICE_STEP, n_slots=slots.count(), left=left, room=room)


PAGES: dict[str, Callable[[HttpRequest, Assignment], HttpResponse]] = {
    CONSENT: consent,
    BACKGROUND: background,
    INSTRUCTIONS: instructions,
    MONITOR: monitor,
    PRACTICE_STEP: practice,
}


@login_required
@never_cache
@require_GET
def wait(request: HttpRequest, token: UUID) -> HttpResponse:
    """When the next session opens."""
    assignment = own_place(request, token)
    opens_at = next_opens_at(assignment)
    if step_of(request, assignment) != WAIT or opens_at is None:
        return onward(request, assignment)
    context = {"opens_at": told_to_the_minute(opens_at), "next_session": assignment.session + 1}
    return render(request, "reader/way_in/wait.html", {"assignment": assignment, "study": assignment.study, **context})


@login_required
@never_cache
@require_GET
def thanks(request: HttpRequest, token: UUID) -> HttpResponse:
    """The end of a reading: counts and time, never a truth."""
    assignment = own_place(request, token)
    opens_at = next_opens_at(assignment)
    context = {
        "summary": summary_of(assignment),
        "step": step_of(request, assignment),
        "opens_at": opens_at and told_to_the_minute(opens_at),
        "next_session": assignment.session + 1,
    }
    return render(request, "reader/thanks.html", {"assignment": assignment, "study": assignment.study, **context})
