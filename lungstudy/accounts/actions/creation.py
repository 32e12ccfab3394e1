"""Make an admin from the command line: the first one has nobody to invite them."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from lungstudy.accounts.errors import AccountError
from lungstudy.accounts.models import Role, User
from lungstudy.audit.actions import record_event


def create_admin(*, username: str, password: str | None) -> User:
    """A new admin; without a password only a password link lets them in."""
    hashed = make_password(password)
    try:
        with transaction.atomic():
            user = User.objects.create(username=username, password=hashed, role=Role.ADMIN)
            record_event(verb="created an admin", by=None, target=user)
    except IntegrityError as exc:
        raise AccountError(f"There is already a person called {username}. Choose another name.") from exc
    return user
