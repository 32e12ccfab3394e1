"""Refusals of the accounts actions; the text of each is a sentence for the person who is refused."""


class AccountError(Exception):
    """An action on a person that would do harm; its text says what was wrong and what to do."""


class InvitationError(AccountError):
    """An invitation that cannot be accepted; raised also by receivers of `invitation_accepted`."""

    status = 409


class InvitationGoneError(InvitationError):
    """Used, revoked or expired."""

    status = 410


class InvitationUnknownError(InvitationError):
    """No invitation has this token."""

    status = 404
