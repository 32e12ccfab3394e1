"""The reader app's pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def pending(request: HttpRequest) -> HttpResponse:
    """Replaced by the app's own pages."""
    return HttpResponse("pending")


app_name = "reader"
urlpatterns = [
    path("studies/", pending, name="studies"),
]
