"""Planning: how many readers and images a study needs, answered while it is typed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.forms.pilot import PilotForm
from reader.forms.planning import QUESTIONS, GridForm, Question, SimulationForm
from reader.reports.figures.canvas import DRAWING, THEMES
from reader.reports.planning.grid import summary
from reader.reports.planning.picture import power_picture
from reader.reports.planning.pilot import Pilot


@researcher_required
@require_GET
def planning(request: SignedInRequest) -> HttpResponse:
    """All questions with the answers to what the address asks; one question's answer alone where a form asks for it."""
    if request.headers.get("HX-Request"):
        return answer(request)
    return page(request, PilotForm(user=request.user))


def answer(request: SignedInRequest) -> HttpResponse:
    """One question's answer, and what is refused beside its fields, as a fragment."""
    question = next((one for one in QUESTIONS if one.slug == request.GET.get("question")), None)
    if question is None:
        raise Http404
    return render(request, "reader/_planning_answer.html", {**shown(question(request.GET)), "fragment": True})


def page(request: SignedInRequest, pilot_form: PilotForm, status: int = 200) -> HttpResponse:
    """The whole page; studies are drawn only when asked for, since that takes a second."""
    asked = request.GET.get("question")
    forms = [question(request.GET) for question in QUESTIONS]
    sections = [
        {"form": form, "waits": True} if form.slug == SimulationForm.slug != asked else shown(form) for form in forms
    ]
    return render(request, "reader/planning.html", {"sections": sections, "pilot_form": pilot_form}, status=status)


def shown(form: Question) -> dict[str, object]:
    """A form with its answer, and the picture of a grid."""
    found = form.answer()
    context: dict[str, object] = {"form": form, "answer": found}
    if found and isinstance(form, GridForm):
        numbers = {f"{form.slug}-{name}": form[name].value() or "" for name in form.fields}
        context |= {"picture": urlencode(numbers), "caption": summary(form.plan())}
    return context


@researcher_required
@require_GET
def power(request: SignedInRequest, theme: str) -> HttpResponse:
    """The grid as SVG, for a light or a dark page."""
    form = GridForm(request.GET)
    if theme not in THEMES or not form.is_valid():
        raise Http404
    with DRAWING:
        drawn = power_picture(form.plan(), theme)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    # matplotlib styles its SVG inline; the picture may do that, the page may not.
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response["Cache-Control"] = "private, max-age=86400"
    return response


@researcher_required
@require_POST
def pilot(request: SignedInRequest) -> HttpResponse:
    """Put a pilot's numbers into the questions; nothing of it is kept."""
    form = PilotForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid() or form.pilot is None:
        return page(request, form, status=400)
    messages.success(request, form.pilot.sentence)
    return redirect(f"{reverse('reader:planning')}?{urlencode(fields_of(form.pilot))}#{GridForm.slug}")


def fields_of(found: Pilot) -> dict[str, str]:
    """The address that fills the questions in."""
    parts = {GridForm.slug: found.grid, SimulationForm.slug: found.simulation}
    return {f"{slug}-{name}": value for slug, numbers in parts.items() for name, value in numbers.items()}
