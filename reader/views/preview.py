"""What readers will see, for the research side: the same room, from which nothing is recorded."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from lungstudy.accounts.access import SignedInRequest, researcher_required
from lungstudy.library.actions.serving import file_response
from reader.actions.feedback import right_answer
from reader.actions.ordering import generator_for, order_for
from reader.actions.presentations import presented
from reader.actions.room_protocol import protocol_for_room
from reader.actions.telling import as_seen
from reader.models import PRACTICE, Presentation, Study
from reader.views.studies import study_of

NOBODY = 0
"""The reader number of a preview: its order is nobody's."""


@researcher_required
@never_cache
@require_GET
def preview(request: SignedInRequest, token: UUID) -> HttpResponse:
    """The reading room, or with `?practice` its practice, with the images of this study in an order of nobody's."""
    study = study_of(request, token)
    session = PRACTICE if "practice" in request.GET else 1
    slots = slots_for_preview(study, session)
    if not slots:
        messages.info(request, "There is nothing to preview yet. Draw the images first.")
        return redirect("reader:study", token)
    back = reverse("reader:study", args=[token])
    context = {
        "study": study,
        "slots": slots,
        "protocol": protocol_for_room(study, session=session, preview=True),
        "urls": {"leave": back, "done": back, "sign_in": reverse("accounts:sign_in")},
    }
    return render(request, "reader/room.html", context)


def slots_for_preview(study: Study, session: int) -> list[dict[str, Any]]:
    """Trials as slots; a draft has no hash yet: its order comes from the seed alone, without repeats."""
    trials = {trial.number: trial for trial in study.trials.filter(practice=session == PRACTICE)}
    tells = session == PRACTICE and study.practice_feedback
    repeats = study.repeats if study.protocol_sha256 and session != PRACTICE else 0
    generator = generator_for(study.protocol_sha256 or str(study.order_seed), NOBODY, session)
    return [
        {
            "images": [
                reverse("reader:preview_image", args=[study.token, shown.trial, place]) for place in shown.arrangement
            ],
            "reading": f"preview-{shown.trial}-{shown.occasion}",
            "answer": None,
            **({"right": as_seen(right_answer(study, trials[shown.trial]), shown.arrangement)} if tells else {}),
        }
        for shown in order_for(
            generator,
            list(trials),
            images_per_trial=study.images_per_trial,
            repeats=repeats,
            distance=study.repeat_distance,
        )
    ]


@researcher_required
@require_GET
def preview_image(request: SignedInRequest, token: UUID, trial: int, place: int) -> HttpResponseBase:
    """One image as readers see it: the rendered file, or in a draft what sealing would render."""
    cases = study_of(request, token).cases.select_related("image", "study")
    case = get_object_or_404(cases, trial__number=trial, place=place)
    rendered = Presentation.objects.filter(case=case).first()
    if rendered is not None and case.study.state != Study.State.DRAFT:
        response = file_response(rendered.file, "image/png")
    else:
        response = HttpResponse(presented(case), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response
