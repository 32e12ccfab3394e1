"""A person's own page: name, time zone, password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from lungstudy.accounts import actions
from lungstudy.accounts.access import SignedInRequest
from lungstudy.accounts.forms import ChangePasswordForm, NameAndTimeZoneForm


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Name and time zone."""
    user = request.user
    form = NameAndTimeZoneForm(
        request.POST or None, initial={"name": user.get_full_name(), "time_zone": user.time_zone}
    )
    if form.is_valid():
        actions.change_profile(user=user, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@login_required
def change_password(request: SignedInRequest) -> HttpResponse:
    """Needs the old password; signs out the person's other sessions."""
    form = ChangePasswordForm(request.user, request.POST or None)
    if form.is_valid():
        actions.change_password(user=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your password is changed. Other sessions of yours were signed out.")
        return redirect("accounts:profile")
    return render(request, "accounts/change_password.html", {"form": form})
