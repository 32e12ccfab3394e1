"""The page behind a one-use password link."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lungstudy.accounts import actions
from lungstudy.accounts.backends import SIGNED_IN_BY
from lungstudy.accounts.forms import NewPasswordForm


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose a password and be signed in."""
    try:
        owner = actions.owner_of_link(uid=uid, token=token)
        form = NewPasswordForm(owner, request.POST or None)
        if not form.is_valid():
            return render(request, "accounts/set_password.html", {"owner": owner, "form": form})
        owner = actions.use_password_link(uid=uid, token=token, password=form.cleaned_data["new_password1"])
    except actions.AccountError as exc:
        return render(request, "accounts/password_link_gone.html", {"sentence": str(exc)}, status=410)
    login(request, owner, backend=SIGNED_IN_BY)
    messages.success(request, "Your password is set and you are signed in.")
    return redirect("site:home")
