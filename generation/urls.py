"""The generation app's pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def pending(request: HttpRequest) -> HttpResponse:
    """Replaced by the app's own pages."""
    return HttpResponse("pending")


app_name = "generation"
urlpatterns = [
    path("", pending, name="batches"),
]
