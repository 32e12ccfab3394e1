"""Write to the audit log."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models

from lungstudy.audit.models import Event


def record_event(
    *, verb: str, by: models.Model | AnonymousUser | None, target: models.Model | None = None, **detail: Any
) -> Event:
    """Add one event; `by` is None where the site itself acted (beat, a command)."""
    return Event.objects.create(
        verb=verb,
        actor_id=by.pk if by is not None else None,
        target_type=target._meta.label if target else "",
        target_id=str(target.pk) if target else "",
        target_name=str(target)[:200] if target else "",
        detail=detail,
    )
