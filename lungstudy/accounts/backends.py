"""Who is signed in: Django's own backend, with the person looked up at every request by a prepared question."""

from django.contrib.auth.backends import ModelBackend
from django.db import models

from lungstudy.accounts.models import User
from lungstudy.prepared import Given, Prepared

SIGNED_IN_BY = "lungstudy.accounts.backends.PeopleBackend"
PERSON = Prepared(User.objects.filter(pk=Given("pk", models.BigIntegerField())))


class PeopleBackend(ModelBackend):
    """Always asks the database, so that a deactivation or a new password holds at once in every process."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, if they may still sign in."""
        person = PERSON.first(pk=user_id)
        return person if self.user_can_authenticate(person) else None
