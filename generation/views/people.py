"""Who asks."""

from django.http import HttpRequest

from lungstudy.accounts.models import User


def person(request: HttpRequest) -> User:
    """The signed-in person of a page that already refused strangers."""
    if not isinstance(request.user, User):
        raise TypeError("This view must be guarded by researcher_required.")
    return request.user
