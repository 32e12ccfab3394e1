"""Copies and amendments of a study."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lungstudy.accounts.access import SignedInRequest, researcher_required
from reader.actions.errors import StudyError
from reader.actions.versions import amend_study, copy_study
from reader.forms.versions import AmendForm
from reader.views.studies import study_of


@researcher_required
@require_POST
def copy(request: SignedInRequest, token: UUID) -> HttpResponse:
    """A new draft like this study, with fresh orders."""
    made = copy_study(study=study_of(request, token), by=request.user)
    if made.cases.exists():
        messages.success(request, "This is the copy, with the same images and fresh orders. Change what you like.")
    else:
        messages.warning(
            request, "This is the copy. Its images must be drawn again: none were, or one is excluded now."
        )
    return redirect("reader:study", made.token)


@researcher_required
@require_http_methods(["GET", "POST"])
def amend(request: SignedInRequest, token: UUID) -> HttpResponse:
    """Start the next version of a sealed study; asks why."""
    study = study_of(request, token)
    form = AmendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = amend_study(study=study, by=request.user, **form.cleaned_data)
        except StudyError as error:
            messages.error(request, str(error))
            return redirect("reader:study", token)
        messages.success(request, f"This is version {made.version}, a draft. Change what must change, then seal it.")
        return redirect("reader:study", made.token)
    return render(request, "reader/amend.html", {"study": study, "form": form})
