"""Passwords: a person's own change, and the one-use link that an admin makes where there is no mail."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from lungstudy.accounts.errors import AccountError
from lungstudy.accounts.models import User
from lungstudy.audit.actions import record_event

LINK_IS_GONE = "This link has been used or has expired. Ask an admin for a new one."


@transaction.atomic
def make_password_link(*, user: User, by: User | None) -> str:
    """The path of a page that sets this person's password, once; `by` is None where a command asks.

    Django's generator signs the password hash and the last sign-in, so that using the link, or signing in, ends it.
    """
    if by is not None and not (by.is_admin and by.is_active):
        raise PermissionDenied("Only an admin makes a password link.")
    if user.demonstration:
        raise AccountError("The demonstration's people have no password; they sign in by one click.")
    if not user.is_active:
        raise AccountError(f"{user} is deactivated. Reactivate them first, then make the link.")
    record_event(verb="made a password link", by=by, target=user)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("accounts:set_password", args=[uid, default_token_generator.make_token(user)])


def owner_of_link(*, uid: str, token: str) -> User:
    """Whose password a link sets, while it is good."""
    try:
        pk = int(urlsafe_base64_decode(uid))
        user = User.objects.filter(pk=pk, is_active=True, demonstration=False).first()
    except (ValueError, OverflowError):
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise AccountError(LINK_IS_GONE)
    return user


def use_password_link(*, uid: str, token: str, password: str) -> User:
    """Set the password; of two tabs with one link, one wins."""
    hashed = make_password(password)  # slow on purpose, so done before the transaction
    with transaction.atomic():
        user = owner_of_link(uid=uid, token=token)
        if not User.objects.filter(pk=user.pk, password=user.password).update(password=hashed):
            raise AccountError(LINK_IS_GONE)
        user.password = hashed
        record_event(verb="set a password by link", by=user, target=user)
    return user


def change_password(*, user: User, password: str) -> None:
    """A person's own new password; their other sessions end."""
    hashed = make_password(password)
    with transaction.atomic():
        user.password = hashed
        user.save(update_fields=["password"])
        record_event(verb="changed their password", by=user, target=user)
