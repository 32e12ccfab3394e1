"""The page behind an invitation link: make an account, or accept as the person who is signed in."""

from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lungstudy.accounts import actions
from lungstudy.accounts.actions.invitations import usable_invitation
from lungstudy.accounts.backends import SIGNED_IN_BY
from lungstudy.accounts.forms import USERNAME_TAKEN, JoinForm
from lungstudy.accounts.models import Invitation


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Works once; afterwards it takes whoever used it to their start page, and tells others why it does not work."""
    if came_back(request, token):
        return redirect("site:home")
    try:
        invited = usable_invitation(token)
        if request.user.is_authenticated:
            return accept_as_oneself(request, invited, token)
        return make_account(request, invited, token)
    except actions.InvitationError as exc:
        return render(request, "accounts/invitation_refused.html", {"sentence": str(exc)}, status=exc.status)


def came_back(request: HttpRequest, token: str) -> bool:
    """Whether this person used this link before: readers keep it as their bookmark."""
    return (
        request.user.is_authenticated and Invitation.objects.with_token(token).filter(accepted_by=request.user).exists()
    )


def accept_as_oneself(request: HttpRequest, invited: Invitation, token: str) -> HttpResponse:
    """One button for somebody who has an account."""
    if request.method == "POST" and request.user.is_authenticated:
        actions.accept_invitation(token=token, user=request.user)
        messages.success(request, "You accepted the invitation.")
        return redirect("site:home")
    return render(request, "accounts/invitation_accept.html", {"invitation": invited})


def make_account(request: HttpRequest, invited: Invitation, token: str) -> HttpResponse:
    """A form for somebody who is new here; they are signed in at once."""
    form = JoinForm(request.POST or None)
    if form.is_valid():
        try:
            user = actions.join_by_invitation(token=token, **form.accepted())
        except IntegrityError:  # somebody took the username since the form looked
            form.add_error("username", USERNAME_TAKEN)
        else:
            login(request, user, backend=SIGNED_IN_BY)
            return redirect("site:home")
    return render(request, "accounts/invitation_join.html", {"invitation": invited, "form": form})
