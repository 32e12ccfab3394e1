"""Fixtures that any test may ask for: real servers, a real browser, and the real films where they are at hand."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.services.chromium import ARGUMENTS, find_chromium
from tests.services.environment import POSTGRES
from tests.services.postgres import Postgres
from tests.services.redis import Redis

NOTES = pytest.StashKey[list[str]]()
REPOSITORY = Path(__file__).resolve().parent.parent
# The machine may be busy: a slow example is no failure.
hypothesis.settings.register_profile("lungstudy", deadline=None)
hypothesis.settings.load_profile("lungstudy")


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """The real hasher takes a third of a second for each person, by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a figure that was measured on the way; it is printed after the tests and never decides one."""
    return request.config.stash.setdefault(NOTES, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(NOTES, []):
        terminalreporter.write_line(f"NOTE {line}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="FOLDER", help="Keep the browser tests' pictures of every page there.")


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """The run's own Postgres server; one is started for the asking test when the run is on SQLite."""
    if running := request.config.stash.get(POSTGRES, None):
        yield running
        return
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis(note: Callable[[str], None]) -> Iterator[Redis]:
    """A Redis of the run's own."""
    server = Redis()
    if not server.is_real:
        note("No Redis server was found: fakeredis' TCP server stood in for it.")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real Chromium; its absence skips the test at home and fails it in CI.

    Playwright keeps an event loop in this thread, which Django takes for asynchronous code; so the browser ends with
    its module, and Django is told for that long.
    """
    path = find_chromium()
    if path is None:
        missing = "No Chromium was found; install one, or run: .venv/bin/playwright install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real films and published figures beside the repository."""
    folder = Path(os.environ.get("LUNGSTUDY_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"The real films are not at {folder}; set LUNGSTUDY_SHARED to their folder.")
    return folder
