"""What other apps may hear from accounts without accounts knowing them."""

from django.dispatch import Signal

# Sent inside the accepting transaction with `invitation` and `user`; a receiver that raises
# lungstudy.accounts.errors.InvitationError refuses the acceptance with its sentence, and nothing is kept.
invitation_accepted = Signal()
