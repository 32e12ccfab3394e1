"""Invite, revoke and accept: a link lets one person in, once, until it expires."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import dateformat, timezone

from lungstudy.accounts.errors import InvitationError, InvitationGoneError, InvitationUnknownError
from lungstudy.accounts.models import Invitation, InvitationState, Role, User, hash_token
from lungstudy.accounts.signals import invitation_accepted
from lungstudy.audit.actions import record_event

GONE = {
    InvitationState.ACCEPTED: "This invitation has been used. If it was you, sign in with the username that you "
    "chose; otherwise ask {inviter} for a new one.",
    InvitationState.REVOKED: "This invitation was taken back. Ask {inviter} for a new one if you still need it.",
    InvitationState.EXPIRED: "This invitation expired on {expired}. Ask {inviter} for a new one.",
}


@transaction.atomic
def invite(*, role: str, by: User, note: str = "", days: int = 14) -> tuple[Invitation, str]:
    """Make an invitation; the token is returned here and never again."""
    wanted = Role(role)
    if not by.may_invite(wanted):
        raise PermissionDenied(f"You may not invite a {wanted.label.lower()}. Ask an admin to do it.")
    if days < 1:
        raise ValueError(f"An invitation must last at least 1 day, got {days}.")
    token = Invitation.new_token()
    invitation = Invitation.objects.create(
        token_hash=hash_token(token),
        role=wanted,
        note=note,
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record_event(verb="invited", by=by, target=invitation, role=wanted, days=days)
    return invitation, token


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """Take an invitation back, as an admin or as the one who made it; twice is once."""
    if not (by.is_admin or invitation.created_by_id == by.pk):
        raise PermissionDenied("Only an admin or whoever made an invitation takes it back.")
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if current.state == InvitationState.ACCEPTED:
        raise InvitationGoneError("This invitation has been used. Deactivate the person instead, if need be.")
    if current.state != InvitationState.REVOKED:
        current.revoked_at = timezone.now()
        current.save(update_fields=["revoked_at"])
        record_event(verb="revoked an invitation", by=by, target=current)


def revoke_what_may_no_longer_be_given(*, inviter: User, by: User) -> None:
    """Take back the waiting links of somebody who lost the right to invite: such a link would let them in again."""
    for invitation in Invitation.objects.usable().filter(created_by=inviter):
        if not inviter.may_invite(Role(invitation.role)):
            revoke_invitation(invitation=invitation, by=by)


def usable_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The waiting invitation that a link names, or the sentence why there is none."""
    invitations = Invitation.objects.with_token(token)
    if lock:
        invitations = invitations.select_for_update(of=("self",))
    invitation = invitations.select_related("created_by").first()
    if invitation is None:
        raise InvitationUnknownError(
            "No invitation has this address. Check that the whole link was copied, or ask for a new one."
        )
    if invitation.state in GONE:
        expired = dateformat.format(timezone.localtime(invitation.expires_at), "j F Y")
        raise InvitationGoneError(GONE[invitation.state].format(inviter=invitation.created_by, expired=expired))
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Invitation:
    """Somebody who has an account takes the invitation; their role rises to it and never falls."""
    invitation = usable_invitation(token, lock=True)
    if invitation.created_by_id == user.pk:
        raise InvitationError("You made this invitation yourself. Send its link to the person whom it is for.")
    if not Role(user.role).includes(Role(invitation.role)):
        if user.demonstration:
            raise InvitationError(
                "The demonstration's people keep their roles. Sign out, open the link again and make an account."
            )
        user.role = invitation.role
        user.save(update_fields=["role"])
    _mark_accepted(invitation, user)
    return invitation


def join_by_invitation(*, token: str, username: str, name: str, password: str, time_zone: str) -> User:
    """Make an account with the invitation's role; of two tabs with one link, one wins."""
    # Slow on purpose, so done before the transaction: SQLite has one writer at a time.
    hashed = make_password(password)
    with transaction.atomic():
        invitation = usable_invitation(token, lock=True)
        user = User.objects.create(
            username=username, first_name=name, password=hashed, time_zone=time_zone, role=invitation.role
        )
        _mark_accepted(invitation, user)
    return user


def _mark_accepted(invitation: Invitation, user: User) -> None:
    """Inside the caller's transaction: a receiver that refuses rolls back the account too."""
    invitation.accepted_by = user
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    record_event(verb="accepted an invitation", by=user, target=invitation, role=invitation.role)
    invitation_accepted.send(sender=Invitation, invitation=invitation, user=user)
