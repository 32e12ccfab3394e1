"""Note on which browser and screen a reader sat."""

import uuid
from typing import Any

from reader.models import Assignment, Sitting

LONGEST_AGENT = 400


def note_sitting(*, assignment: Assignment, key: uuid.UUID, session: int, user_agent: str, **screen: Any) -> Sitting:
    """One row for each visit, however often the browser tells of it."""
    sitting, _ = Sitting.objects.get_or_create(
        key=key,
        defaults={"assignment": assignment, "session": session, "user_agent": user_agent[:LONGEST_AGENT], **screen},
    )
    return sitting
