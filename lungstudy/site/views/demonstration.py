"""The one-click sign-in of the demonstration."""

from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from lungstudy.accounts.backends import SIGNED_IN_BY
from lungstudy.accounts.models import Role
from lungstudy.site.demonstration import demonstration_user, may_sign_in_by_click


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the demonstration reader, researcher or admin."""
    if not may_sign_in_by_click(request):
        raise PermissionDenied("The demonstration is over, or this is not its own machine. Sign in with your account.")
    role = request.POST.get("role", "")
    if role not in Role.values:
        return HttpResponseBadRequest("Choose reader, researcher or admin.")
    login(request, demonstration_user(Role(role)), backend=SIGNED_IN_BY)
    return redirect("site:home")
