"""The reader app."""

from django.apps import AppConfig


class ReaderConfig(AppConfig):
    """Names the app for Django, and lets accepted invitations join their study."""

    name = "reader"
    label = "reader"

    def ready(self) -> None:
        """Listen; models can only be imported once Django has set itself up."""
        from lungstudy.accounts.signals import invitation_accepted
        from reader.actions.joining import join_by_invitation

        invitation_accepted.connect(join_by_invitation, dispatch_uid="join a study")
