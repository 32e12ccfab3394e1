"""The site under a real browser, its static files served the way that production serves them."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import ResearcherFactory

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


@pytest.fixture
def researchers_tab(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A researcher's tab; an error on the page, or a word in its console, fails the test."""
    client = Client()
    client.force_login(ResearcherFactory())
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    tab, said = context.new_page(), []
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("console", lambda message: said.append(message.text))
    yield tab
    context.close()
    assert said == []
