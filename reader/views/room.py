"""The reading room: the blinded page, its images, and the answers it sends.

Nothing here may depend on where an image came from: these views read slots, presentations and the
reader's own readings, and neither the library's images nor any table of how they were made.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lungstudy.accounts.access import SignedInRequest
from lungstudy.library.actions.serving import file_response
from reader.actions.keys import KeysError, remap
from reader.actions.reading import ReadingError, record_reading
from reader.actions.room_protocol import protocol_for_room
from reader.actions.sitting import note_sitting
from reader.actions.telling import what_was_right
from reader.actions.way_in import INSTRUCTIONS, PRACTICE_STEP
from reader.forms.reading import ReadingForm
from reader.forms.room import KeysForm, SittingForm
from reader.models import PRACTICE, Assignment, Reading, Revising, Study, WhyApart
from reader.models.asked import shown_in_slot, slot_to_file
from reader.views.way_in import own_place, way_in_first, way_to_practice

KEPT = "It is kept and reported, but not counted."
SENTENCES = {
    WhyApart.COUNTED: "",
    WhyApart.CLOSED: f"The study had closed when this answer arrived. {KEPT}",
    WhyApart.SESSION_OVER: f"Its session was over when this answer arrived. {KEPT}",
    WhyApart.REVISION: f"This study takes no other answer to that image. {KEPT}",
}

OVER = (WhyApart.CLOSED, WhyApart.SESSION_OVER)


@login_required
@never_cache
@require_GET
def room(request: HttpRequest, token: UUID) -> HttpResponse:
    """The page that shows one trial after the other, starting at the first unread one."""
    assignment = own_place(request, token)
    if assignment.study.state != Study.State.OPEN:
        return not_open(request, assignment)
    elsewhere = way_in_first(request, assignment)
    if elsewhere:
        return elsewhere
    slots = slots_for_browser(assignment, assignment.session)
    may_look_again = "again" in request.GET and assignment.study.revising == Revising.ANY
    if all(slot["answer"] for slot in slots) and not may_look_again:
        return redirect("reader:thanks", token=token)
    return render(request, "reader/room.html", seen_by(assignment, slots, session=assignment.session))


@login_required
@never_cache
@require_GET
def practice(request: HttpRequest, token: UUID) -> HttpResponse:
    """The same room for the trials before the study; practice is gone through once."""
    assignment = own_place(request, token)
    if assignment.study.state != Study.State.OPEN:
        return not_open(request, assignment)
    elsewhere = way_to_practice(request, assignment)
    if elsewhere:
        return elsewhere
    slots = slots_for_browser(assignment, PRACTICE)
    return render(request, "reader/room.html", seen_by(assignment, slots, session=PRACTICE))


def not_open(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """Why nothing can be read now."""
    return render(request, "reader/room_not_open.html", {"assignment": assignment, "study": assignment.study})


def seen_by(assignment: Assignment, slots: list[dict[str, Any]], *, session: int) -> dict[str, Any]:
    """What the room's template needs for a reader."""
    token = assignment.token
    instructions, practised = (reverse("reader:before", args=[token, step]) for step in (INSTRUCTIONS, PRACTICE_STEP))
    return {
        "assignment": assignment,
        "study": assignment.study,
        "slots": slots,
        "protocol": protocol_for_room(assignment.study, assignment, session=session),
        "last_sequence": Reading.objects.filter(slot__assignment=assignment).last_sequence(),
        "now": int(timezone.now().timestamp() * 1000),
        "urls": {
            "leave": reverse("site:home"),
            "done": practised if session == PRACTICE else reverse("reader:thanks", args=[token]),
            "instructions": instructions if assignment.study.instructions else "",
            "keys": reverse("reader:room_keys"),
            "sitting": reverse("reader:sitting", args=[token]),
            "sign_in": reverse("accounts:sign_in"),
        },
    }


def slots_for_browser(assignment: Assignment, session: int) -> list[dict[str, Any]]:
    """Every slot of a session in its stored order: addresses made of its random token, and what was said."""
    said = Reading.objects.latest_per_slot().filter(slot__assignment=assignment, slot__session=session)
    readings = {reading.slot_id: reading for reading in said.select_related(None)}
    slots = assignment.slots.filter(session=session).in_reading_order()
    return [
        {
            "images": [reverse("reader:slot_image", args=[token, place]) for place in range(1, len(arrangement) + 1)],
            "reading": reverse("reader:slot_reading", args=[token]),
            **what_was_said(readings.get(pk)),
        }
        for pk, token, arrangement in slots.values_list("pk", "token", "arrangement")
    ]


def what_was_said(reading: Reading | None) -> dict[str, Any]:
    """The reader's own last words in a slot, to be seen and changed again."""
    if reading is None:
        return {"answer": None}
    beside = {"confidence": reading.confidence, "comment": reading.comment, "marks": reading.marks}
    return {"answer": reading.answer, "seconds": reading.seconds_open, "beside": beside}


@login_required
@require_GET
def slot_image(request: SignedInRequest, token: UUID, place: int) -> HttpResponseBase:
    """The presentation at one place of a slot: same length, depth and headers for every image of the study."""
    shown = shown_in_slot(reader=request.user.pk, token=token, place=place)
    if not shown:
        raise Http404
    response = file_response(shown, "image/png")
    # The tag comes from the slot: one made from the content would reveal repeats.
    response["ETag"] = f'"{token.hex}-{place}"'
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@login_required
@never_cache
@require_POST
def slot_reading(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Take one answer; the reply says `saved` only when it is on disk."""
    slot = slot_to_file(reader=request.user.pk, token=token)
    if slot is None:
        return refusal("This image is not yours to read. Open your study from the start page.", status=404)
    form = ReadingForm(request.POST, study=slot.assignment.study)
    if not form.is_valid():
        return refusal(form.sentence, status=400)
    try:
        reading = record_reading(slot=slot, **form.cleaned_data)
    except ReadingError as error:
        return refusal(str(error), status=409)
    reply = {
        "saved": True, "client_key": str(reading.client_key), "counted": reading.counted,
        "sentence": SENTENCES[WhyApart(reading.why_apart)], "over": reading.why_apart in OVER,
    }  # fmt: skip
    feedback = what_was_right(reading, slot)
    return JsonResponse({**reply, "feedback": feedback} if feedback else reply)


def refusal(sentence: str, *, status: int) -> JsonResponse:
    """What was not kept, and why."""
    return JsonResponse({"saved": False, "sentence": sentence}, status=status)


@login_required
@never_cache
@require_POST
def sitting(request: HttpRequest, token: UUID) -> HttpResponse:
    """Note the browser and screen of a visit."""
    assignment = own_place(request, token)
    form = SittingForm(request.POST)
    if not form.is_valid():
        return refusal("The screen could not be noted. Reload the page.", status=400)
    note_sitting(assignment=assignment, user_agent=request.headers.get("User-Agent", ""), **form.cleaned_data)
    return JsonResponse({"saved": True})


@login_required
@never_cache
@require_POST
def room_keys(request: SignedInRequest) -> HttpResponse:
    """Keep this reader's own keys, in every study."""
    form = KeysForm(request.POST)
    if not form.is_valid():
        return refusal("The keys could not be read. Reload the page and set them again.", status=400)
    try:
        keys = remap(reader=request.user, changes=form.cleaned_data["keys"])
    except KeysError as error:
        return refusal(str(error), status=409)
    return JsonResponse({"saved": True, "keys": keys})
