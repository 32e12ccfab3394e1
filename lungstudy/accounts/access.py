"""Who may open a page: decorators that views name instead of asking roles themselves."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from lungstudy.accounts.models import User

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request behind one of these guards: its user is a person."""

    user: User


def _role_required(view: View, allowed: Callable[[HttpRequest], bool], sentence: str) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not allowed(request):
            raise PermissionDenied(sentence)
        return view(request, *args, **kwargs)

    return login_required(guarded)


def researcher_required(view: View) -> View:
    """Open to researchers and admins; readers are refused, strangers are sent to sign in."""
    return _role_required(
        view,
        lambda request: request.user.is_authenticated and request.user.is_researcher,
        "This page is for researchers. Ask an admin if you should be one.",
    )


def admin_required(view: View) -> View:
    """Open to admins only; strangers are sent to sign in."""
    return _role_required(
        view,
        lambda request: request.user.is_authenticated and request.user.is_admin,
        "This page is for admins. Ask an admin if you should be one.",
    )
