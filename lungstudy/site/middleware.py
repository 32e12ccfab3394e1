"""Ends the sessions of the demonstration's people once real data is there."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lungstudy.site.demonstration import only_demonstration_data


class DemonstrationOverMiddleware:
    """Signs a demonstration person out as soon as a real account or data set exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.demonstration and not only_demonstration_data():
            logout(request)
            messages.info(
                request,
                "The demonstration ended when the first real account or data set arrived. Sign in with your own "
                "account; the first admin is made with: manage.py create_admin NAME",
            )
            return redirect("accounts:sign_in")
        return self.get_response(request)
