"""The log as a page."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lungstudy.audit.forms import LogFilterForm
from lungstudy.audit.models import Event

EVENTS_PER_PAGE = 100


@require_safe
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """Newest first, for admins.

    The audit app lies below accounts and cannot import its `admin_required`.
    """
    if not (request.user.is_authenticated and request.user.is_admin):
        raise PermissionDenied("This page is for admins. Ask an admin if you should be one.")
    form = LogFilterForm(request.GET)
    events = Event.objects.select_related("actor")
    if form.is_valid():
        if form.cleaned_data["verb"]:
            events = events.filter(verb=form.cleaned_data["verb"])
        if form.cleaned_data["person"]:
            events = events.by_or_about(form.cleaned_data["person"])
    page = Paginator(events, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/log.html", {"form": form, "page": page})
