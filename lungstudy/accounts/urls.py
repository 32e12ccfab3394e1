"""The accounts app's pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def pending(request: HttpRequest) -> HttpResponse:
    """Replaced by the app's own pages."""
    return HttpResponse("pending")


app_name = "accounts"
urlpatterns = [
    path("sign-in/", pending, name="sign_in"),
    path("sign-out/", pending, name="sign_out"),
    path("people/", pending, name="people"),
    path("profile/", pending, name="profile"),
]
