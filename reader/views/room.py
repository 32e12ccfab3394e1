"""The reading room: the blinded page, its images, and the verdicts it sends.

Nothing here may depend on where an image came from: these views read slots, presentations and the
reader's own readings, and neither the library's images nor any table of how they were made.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lungstudy.library.actions.serving import file_response
from reader.actions.reading import ReadingError, record_reading
from reader.forms.reading import ReadingForm
from reader.models import Assignment, Presentation, Reading, Slot, Study, WhyApart

KEPT = "It is kept and reported, but not counted."
SENTENCES = {
    WhyApart.COUNTED: "",
    WhyApart.CLOSED: f"The study had closed when this answer arrived. {KEPT}",
    WhyApart.SESSION_OVER: f"Its session was over when this answer arrived. {KEPT}",
    WhyApart.REVISION: f"This study takes no other answer to that image. {KEPT}",
}


@login_required
@never_cache
@require_GET
def room(request: HttpRequest, token: UUID) -> HttpResponse:
    """The page that shows one image after the other, starting at the first unread one."""
    places = Assignment.objects.of_reader(request.user).select_related("study")
    assignment = get_object_or_404(places, token=token)
    if assignment.study.state != Study.State.OPEN:
        return render(request, "reader/room_not_open.html", {"assignment": assignment, "study": assignment.study})
    slots = slots_for_browser(assignment)
    if all(slot["answer"] for slot in slots) and "again" not in request.GET:
        return redirect("reader:thanks", token=token)
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "slots": slots,
        "last_sequence": Reading.objects.filter(slot__assignment=assignment).last_sequence(),
    }
    return render(request, "reader/room.html", context)


def slots_for_browser(assignment: Assignment) -> list[dict[str, Any]]:
    """Every slot of the running session in its stored order: addresses made of its random token, and what was said."""
    said = Reading.objects.latest_per_slot().filter(slot__assignment=assignment).select_related(None)
    answers = {reading.slot_id: reading.answer for reading in said}
    slots = assignment.slots.filter(session=assignment.session).in_reading_order()
    return [
        {
            "images": [reverse("reader:slot_image", args=[token, place]) for place in range(1, len(arrangement) + 1)],
            "reading": reverse("reader:slot_reading", args=[token]),
            "answer": answers.get(pk),
        }
        for pk, token, arrangement in slots.values_list("pk", "token", "arrangement")
    ]


@login_required
@require_GET
def slot_image(request: HttpRequest, token: UUID, place: int) -> HttpResponseBase:
    """The presentation at one place of a slot: same length, depth and headers for every image of the study."""
    slot = get_object_or_404(Slot.objects.belonging_to(request.user).readable(), token=token)
    if not 1 <= place <= len(slot.arrangement):
        raise Http404
    shown = Presentation.objects.filter(case__trial=slot.trial_id, case__place=slot.arrangement[place - 1])
    response = file_response(shown.only("file").get().file, "image/png")
    # The tag comes from the slot: one made from the content would reveal repeats.
    response["ETag"] = f'"{token.hex}-{place}"'
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@login_required
@never_cache
@require_POST
def slot_reading(request: HttpRequest, token: UUID) -> HttpResponse:
    """Take one verdict; the answer says `saved` only when it is on disk."""
    slot = Slot.objects.belonging_to(request.user).with_what_filing_needs().filter(token=token).first()
    if slot is None:
        return refusal("This image is not yours to read. Open your study from the start page.", status=404)
    form = ReadingForm(request.POST)
    if not form.is_valid():
        return refusal("The answer could not be read. Reload the page and answer again.", status=400)
    try:
        reading = record_reading(slot=slot, **form.cleaned_data)
    except ReadingError as error:
        return refusal(str(error), status=409)
    return JsonResponse(
        {"saved": True, "client_key": str(reading.client_key), "counted": reading.counted, "sentence": late(reading)}
    )


def late(reading: Reading) -> str:
    """What the reader is told when an answer is kept but not counted."""
    return SENTENCES[WhyApart(reading.why_apart)]


def refusal(sentence: str, *, status: int) -> JsonResponse:
    """A verdict that was not filed, and why."""
    return JsonResponse({"saved": False, "sentence": sentence}, status=status)


@login_required
@never_cache
@require_GET
def thanks(request: HttpRequest, token: UUID) -> HttpResponse:
    """The end of a reading: counts and time, never a truth."""
    places = Assignment.objects.of_reader(request.user).with_progress().select_related("study")
    assignment = places.filter(token=token).first()
    if assignment is None:
        raise Http404
    return render(request, "reader/thanks.html", {"assignment": assignment, "study": assignment.study})
