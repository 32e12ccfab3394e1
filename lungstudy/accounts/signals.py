"""What other apps may hear from accounts without accounts knowing them."""

from django.dispatch import Signal

# Sent inside the accepting transaction with `invitation` and `user`; a receiver that raises
# InvitationError refuses the acceptance with its sentence.
invitation_accepted = Signal()
