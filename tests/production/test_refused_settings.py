"""Production refuses to start with a setting that is missing or unsafe, in one sentence that names it."""

import os
import subprocess
import sys

import pytest

from tests.production.compose import REPOSITORY

GOOD = {
    "LUNGSTUDY_MODE": "production",
    "LUNGSTUDY_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "LUNGSTUDY_DATABASE_URL": "postgres://lungstudy@postgres/lungstudy",
    "LUNGSTUDY_BROKER_URL": "redis://redis:6379/0",
    "LUNGSTUDY_ALLOWED_HOSTS": "reading.example.org",
    "LUNGSTUDY_BASE_URL": "https://reading.example.org",
}
UNSAFE = [
    ("LUNGSTUDY_MODE", "prod"),
    ("LUNGSTUDY_SECRET_KEY", "short"),
    ("LUNGSTUDY_DATABASE_URL", "sqlite:////srv/lungstudy.sqlite3"),
    ("LUNGSTUDY_BROKER_URL", "filesystem://"),
    ("LUNGSTUDY_ALLOWED_HOSTS", "*"),
    ("LUNGSTUDY_BASE_URL", "http://reading.example.org"),
]


def start(tmp_path, **changes: str) -> subprocess.CompletedProcess:
    """Load the settings as every process of the site does first."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("LUNGSTUDY_")}
    given = {name: value for name, value in (GOOD | changes).items() if value}
    command = [sys.executable, "manage.py", "check"]
    env = {**others, **given, "LUNGSTUDY_VAR": str(tmp_path)}
    return subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_a_full_and_safe_environment_is_accepted(tmp_path):
    assert start(tmp_path).returncode == 0


@pytest.mark.parametrize("name", [name for name in GOOD if name != "LUNGSTUDY_MODE"])
def test_it_refuses_to_start_without(name, tmp_path):
    done = start(tmp_path, **{name: ""})
    assert done.returncode != 0
    assert f"{name} is not set." in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_it_refuses_an_unsafe(name, value, tmp_path):
    done = start(tmp_path, **{name: value})
    assert done.returncode != 0
    assert name in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_key_is_made_up_for_production(tmp_path):
    start(tmp_path, LUNGSTUDY_SECRET_KEY="")
    assert not (tmp_path / "secret_key").exists()
