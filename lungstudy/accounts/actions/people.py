"""Change what a person may do; the site always keeps an active admin."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from lungstudy.accounts.actions.invitations import revoke_what_may_no_longer_be_given
from lungstudy.accounts.errors import AccountError
from lungstudy.accounts.models import Role, User
from lungstudy.audit.actions import record_event


def active_admins() -> QuerySet[User]:
    """Admins who can sign in; the demonstration's admin cannot once real data is there."""
    return User.objects.filter(role=Role.ADMIN, is_active=True, demonstration=False)


@transaction.atomic
def change_role(*, user: User, role: str, by: User) -> None:
    """Give a person another role, at once."""
    wanted = Role(role)
    current = _locked_for_change(user, by, stays_admin=wanted == Role.ADMIN)
    if current.role == wanted:
        return
    record_event(verb="changed a role", by=by, target=current, before=current.role, after=wanted)
    current.role = wanted
    current.save(update_fields=["role"])
    revoke_what_may_no_longer_be_given(inviter=current, by=by)


@transaction.atomic
def deactivate(*, user: User, by: User) -> None:
    """End a person's access at once; what they did stays."""
    current = _locked_for_change(user, by, stays_admin=False)
    if not current.is_active:
        return
    current.is_active = False
    current.save(update_fields=["is_active"])
    record_event(verb="deactivated a person", by=by, target=current)
    revoke_what_may_no_longer_be_given(inviter=current, by=by)


@transaction.atomic
def reactivate(*, user: User, by: User) -> None:
    """Let a deactivated person sign in again."""
    current = _locked_for_change(user, by, stays_admin=True)
    if current.is_active:
        return
    current.is_active = True
    current.save(update_fields=["is_active"])
    record_event(verb="reactivated a person", by=by, target=current)


@transaction.atomic
def change_profile(*, user: User, name: str, time_zone: str) -> None:
    """Somebody's own name and time zone."""
    # One field for a name, since not every name has a first and a last part.
    user.first_name, user.last_name, user.time_zone = name, "", time_zone
    user.save(update_fields=["first_name", "last_name", "time_zone"])
    record_event(verb="changed their profile", by=user, target=user, time_zone=time_zone)


def _locked_for_change(user: User, by: User, *, stays_admin: bool) -> User:
    """The person as they are now, after the checks that every change needs.

    All active admins are locked in one order, so that two admins who demote each other do it one after the other;
    `no_key` lets rows that point to them be written meanwhile.
    """
    admins = {admin.pk for admin in active_admins().select_for_update(no_key=True).order_by("pk")}
    current = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not User.objects.filter(pk=by.pk, role=Role.ADMIN, is_active=True).exists():
        raise PermissionDenied("Only an active admin changes people.")
    if current.demonstration:
        raise AccountError("The demonstration's people cannot be changed. Invite people of your own.")
    if admins == {current.pk} and not stays_admin:
        raise AccountError(
            f"{current} is the only active admin. Make somebody else an admin first, so that the site keeps one."
        )
    return current
