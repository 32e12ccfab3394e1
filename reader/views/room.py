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
from reader.models import Assignment, Presentation, Reading, Slot, Study


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
    if all(slot["verdict"] for slot in slots) and "again" not in request.GET:
        return redirect("reader:thanks", token=token)
    context = {
        "assignment": assignment,
        "study": assignment.study,
        "slots": slots,
        "last_sequence": Reading.objects.filter(slot__assignment=assignment).last_sequence(),
    }
    return render(request, "reader/room.html", context)


def slots_for_browser(assignment: Assignment) -> list[dict[str, Any]]:
    """Every slot in its stored order: two addresses made of its random token, and what this reader said in it."""
    said = dict(Reading.objects.latest_per_slot().filter(slot__assignment=assignment).values_list("slot_id", "verdict"))
    slots = assignment.slots.in_reading_order().values_list("pk", "token")
    return [
        {
            "image": reverse("reader:slot_image", args=[token]),
            "reading": reverse("reader:slot_reading", args=[token]),
            "verdict": said.get(pk),
        }
        for pk, token in slots
    ]


@login_required
@require_GET
def slot_image(request: HttpRequest, token: UUID) -> HttpResponseBase:
    """The presentation shown in one slot: same length, depth and headers for every image of the study."""
    slots = Slot.objects.belonging_to(request.user).readable()
    presentation = get_object_or_404(
        Presentation.objects.filter(case__slots__in=slots.filter(token=token)).only("file")
    )
    response = file_response(presentation.file, "image/png")
    # The tag comes from the slot: one made from the content would reveal repeats.
    response["ETag"] = f'"{token.hex}"'
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
    """What the reader is told when a verdict came after closing."""
    if reading.counted:
        return ""
    return "The study had closed when this answer arrived. It is kept and reported, but not counted."


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
