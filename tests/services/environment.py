"""A pytest plugin: every run has stores and settings of its own, on SQLite or, with --postgres, on a real Postgres.

It acts before Django reads its settings, so that no test can touch the database, files or broker of whoever runs it.
"""

import os
import shutil
import tempfile
from collections.abc import Generator

import pytest

from tests.services.postgres import Postgres

POSTGRES = pytest.StashKey[Postgres]()
STORES = pytest.StashKey[str]()
# What a caller may set for tests; every other LUNGSTUDY_ variable belongs to somebody's real site.
KEPT = ("LUNGSTUDY_SHARED", "LUNGSTUDY_LOG_LEVEL")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="Run the tests that use a database on a real Postgres.")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        use_own_stores(early_config)
    return (yield)


def use_own_stores(config: pytest.Config) -> None:
    """Forget the caller's settings and point to an empty folder, and to a new Postgres where one is asked for."""
    for name in [name for name in os.environ if name.startswith("LUNGSTUDY_") and name not in KEPT]:
        del os.environ[name]
    config.stash[STORES] = tempfile.mkdtemp(prefix="lungstudy-tests-")
    os.environ["LUNGSTUDY_VAR"] = config.stash[STORES]
    os.environ["LUNGSTUDY_BATCH_SHAPE"] = "4"  # few images, and many tests
    if config.known_args_namespace.postgres:
        config.stash[POSTGRES] = Postgres()
        os.environ["LUNGSTUDY_DATABASE_URL"] = config.stash[POSTGRES].url()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On Postgres, leave out what touches no database: the run on SQLite has it."""
    if config.option.postgres:
        config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
        items[:] = [item for item in items if uses_database(item)]


def uses_database(item: pytest.Item) -> bool:
    """Whether a test's outcome may depend on the kind of database."""
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect static files once, so that pages render with the real manifest and a misspelt name fails."""
    from django.core.management import call_command

    if STORES in session.config.stash:
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(POSTGRES, None):
        server.stop()
    if stores := config.stash.get(STORES, None):
        shutil.rmtree(stores, ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {'Postgres' if 'LUNGSTUDY_DATABASE_URL' in os.environ else 'SQLite'}"
