"""Error pages: what was wrong and what to do, never a traceback."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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
    sentence = "The address may be wrong, or what it named was deleted or is not yours."
    return _error(request, 404, "There is nothing here", sentence)


def broken(request: HttpRequest) -> HttpResponse:
    """500: says so plainly; the traceback is in the log."""
    sentence = "What you had saved is safe. Try again; if it stays, tell an admin."
    return _error(request, 500, "Something broke on our side", sentence)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the cross-site check: usually a page that was open through a sign-out."""
    sentence = "The page you sent this from is out of date. Go back, reload it and send it again."
    return _error(request, 403, "That form has expired", sentence)
