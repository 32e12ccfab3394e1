"""Tell workers of what was queued; without them it waits, and beat tells them later."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from kombu.exceptions import OperationalError


def wake(request: HttpRequest, task: Any, keys: Iterable[int]) -> None:
    """Send one message for each key; where the broker is down, say so once."""
    try:
        for key in keys:
            task.delay_on_commit(key)
    except (OperationalError, OSError):  # OSError: the folder that is the queue on a laptop
        messages.warning(request, "The queue does not answer just now; this is stored and starts when it does.")
