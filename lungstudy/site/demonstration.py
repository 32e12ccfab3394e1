"""Whether this site still holds nothing but the demonstration, and who its people are."""

from django.conf import settings
from django.http import HttpRequest

from lungstudy.accounts.models import Role, User
from lungstudy.library.models import Dataset

LOOPBACK_HOSTS = ("127.0.0.1", "localhost")
PEOPLE = {
    Role.READER: ("demo-reader", "Demonstration", "Reader"),
    Role.RESEARCHER: ("demo-researcher", "Demonstration", "Researcher"),
    Role.ADMIN: ("demo-admin", "Demonstration", "Admin"),
}


def only_demonstration_data() -> bool:
    """True in embedded mode until the first real account or the first image that is no phantom's data set arrives."""
    return may_be_made() and User.objects.filter(demonstration=True).exists()


def may_be_made() -> bool:
    """Whether there is nothing yet that is anybody's own."""
    real_people = User.objects.filter(demonstration=False).exists()
    return bool(settings.EMBEDDED) and not real_people and not Dataset.objects.filter(phantoms=False).exists()


def may_sign_in_by_click(request: HttpRequest) -> bool:
    """Only from this very machine, and only while there is nothing to protect."""
    here = request.META.get("REMOTE_ADDR", "").startswith("127.") or request.META.get("REMOTE_ADDR") == "::1"
    host = request.get_host().rsplit(":", 1)[0]
    return here and host in LOOPBACK_HOSTS and only_demonstration_data()


def demonstration_user(role: Role) -> User:
    """The demonstration's person of one role, made on first use; without a password, so only a click signs in."""
    username, first, last = PEOPLE[role]
    user, created = User.objects.get_or_create(
        username=username,
        defaults={"role": role, "first_name": first, "last_name": last, "demonstration": True},
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
