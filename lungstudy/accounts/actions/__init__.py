"""Everything that changes people and invitations: one verb, one transaction, one line in the audit log."""

from lungstudy.accounts.actions.creation import create_admin
from lungstudy.accounts.actions.invitations import accept_invitation, invite, join_by_invitation, revoke_invitation
from lungstudy.accounts.actions.passwords import change_password, make_password_link, owner_of_link, use_password_link
from lungstudy.accounts.actions.people import active_admins, change_profile, change_role, deactivate, reactivate
from lungstudy.accounts.errors import AccountError, InvitationError

__all__ = [
    "AccountError",
    "InvitationError",
    "accept_invitation",
    "active_admins",
    "change_password",
    "change_profile",
    "change_role",
    "create_admin",
    "deactivate",
    "invite",
    "join_by_invitation",
    "make_password_link",
    "owner_of_link",
    "reactivate",
    "revoke_invitation",
    "use_password_link",
]
