"""The door: sign-in, where repeated wrong passwords are stopped by axes."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpResponse

from lungstudy.accounts.actions import active_admins
from lungstudy.accounts.forms import SignInForm
from lungstudy.audit.actions import record_event


class SignInView(LoginView):
    """Django's view, which gives a new session key and follows `next` only within this site."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, and log it."""
        response = super().form_valid(form)
        record_event(verb="signed in", by=form.get_user(), target=form.get_user())
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds whether nobody can run this site yet."""
        return super().get_context_data(**kwargs, no_admin_yet=not active_admins().exists())
