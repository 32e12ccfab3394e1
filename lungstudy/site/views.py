"""Home, system page, health and the error pages."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lungstudy.accounts.access import admin_required


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What is running and what waits for this person."""
    return render(request, "site/home.html")


@admin_required
def system(request: HttpRequest) -> HttpResponse:
    """Workers, queue and storage."""
    return render(request, "site/system.html")


def health(request: HttpRequest) -> HttpResponse:
    """Answers while the web process lives."""
    return HttpResponse("ok\n", content_type="text/plain")


def _error(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "site/error.html", {"title": title, "sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _error(request, 400, "That request could not be read", "Go back, reload the page and try again.")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the view's own sentence."""
    return _error(request, 403, "This page is not open to you", str(exception) or "Sign in as somebody who may.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _error(
        request,
        404,
        "There is nothing here",
        "The address may be wrong, or what it named was deleted or is not yours.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: says so plainly; the traceback is in the log."""
    return _error(
        request,
        500,
        "Something broke on our side",
        "What you had saved is safe. Try again; if it stays, tell an admin.",
    )
