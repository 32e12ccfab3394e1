"""The site under a real browser, its static files served the way that production serves them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

# The machine may be busy: a slow page is no failure.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """Django's live server, with whitenoise serving what is collected: the finders it would ask know no hashed name."""
    server = LiveServer("127.0.0.1", start=False)
    server.thread.static_handler = lambda application: application
    server.start()
    yield server
    server.stop()
