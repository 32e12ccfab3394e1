"""Where a request comes from: behind nginx every connection is nginx's own, so its header says who asked."""

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's address as nginx saw it; nginx replaces whatever the visitor put there."""
    address: str = request.META.get("HTTP_X_REAL_IP") or request.META["REMOTE_ADDR"]
    return address
