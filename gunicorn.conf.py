"""How gunicorn serves the site wherever it is started; a command line may say otherwise."""

import gc
from typing import Any

from django.urls import get_resolver

worker_class = "gthread"
workers = 2
threads = 4
# Longer than a reader looks at an image, so that no answer waits for a new connection; longer than nginx keeps one, so
# that none is closed under a request of its own.
keepalive = 75


def post_worker_init(_worker: Any) -> None:
    """Load every page before the first visit, then never sift through what was loaded: it is most of what is held."""
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
