"""What every page's frame needs: the navigation for this person's role, and the demonstration bar."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from lungstudy.accounts.models import User
from lungstudy.site.demonstration import only_demonstration_data

READER_PAGES = [("Reading", "site:home")]
RESEARCHER_PAGES = [
    ("Home", "site:home"),
    ("Library", "library:datasets"),
    ("Generate", "generation:batches"),
    ("Studies", "reader:studies"),
    ("Plan", "reader:planning"),
    ("Analyse", "reader:analysing"),
]
ADMIN_PAGES = [
    *RESEARCHER_PAGES,
    ("People", "accounts:people"),
    ("Audit log", "audit:log"),
    ("System", "site:system"),
]


def pages_for(user: User) -> list[tuple[str, str]]:
    """Names and URL names of the pages in this person's navigation."""
    if user.is_admin:
        return ADMIN_PAGES
    return RESEARCHER_PAGES if user.is_researcher else READER_PAGES


def navigation_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The pages in order, the one that is open marked."""
    if not request.user.is_authenticated:
        return []
    home = reverse("site:home")
    pages = [(name, reverse(view)) for name, view in pages_for(request.user)]
    return [
        {"name": name, "url": url, "current": request.path == url or (url != home and request.path.startswith(url))}
        for name, url in pages
    ]


def site(request: HttpRequest) -> dict[str, Any]:
    """Context of the page frame; lazy, since the reading room shows none of it and must not pay for it."""
    return {
        "navigation": SimpleLazyObject(lambda: navigation_for(request)),
        "demonstration": SimpleLazyObject(only_demonstration_data),
    }
