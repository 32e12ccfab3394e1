"""Django's sessions in the database, looked up at every request by a prepared question."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from lungstudy.prepared import Given, Prepared

NOT_EXPIRED = Prepared(
    Session.objects.filter(
        session_key=Given("key", models.CharField()), expire_date__gt=Given("now", models.DateTimeField())
    )
)


class SessionStore(DatabaseSessions):
    """Always asks the database, so that signing out holds at once in every process."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing where it has ended."""
        session = NOT_EXPIRED.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
            return {}
        return self.decode(session.session_data)
