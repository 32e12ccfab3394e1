"""The command that makes the first admin."""

import io
import os

import pytest
from django.core.management import CommandError, call_command

from lungstudy.accounts.models import User
from lungstudy.audit.models import Event
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def piped(monkeypatch):
    """Put a line where the command reads its password from."""
    monkeypatch.delenv("LUNGSTUDY_ADMIN_PASSWORD", raising=False)
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(line))


def create(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_admin", *arguments, stdout=out)
    return out.getvalue()


def test_the_password_may_be_piped_in(piped):
    piped("a plain passphrase\n")
    assert "anna is an admin" in create("anna")
    admin = User.objects.get()
    assert admin.is_admin
    assert admin.check_password("a plain passphrase")
    assert Event.objects.get().verb == "created an admin"


def test_the_password_may_come_from_the_environment(monkeypatch):
    monkeypatch.setitem(os.environ, "LUNGSTUDY_ADMIN_PASSWORD", "a plain passphrase")
    create("anna")
    assert User.objects.get().check_password("a plain passphrase")


def test_a_link_sets_the_password_instead(client, settings):
    settings.BASE_URL = "https://lungs.example"
    link = create("anna", "--link").split()[-1]
    assert link.startswith("https://lungs.example/password/")
    passwords = {"new_password1": "a plain passphrase", "new_password2": "a plain passphrase"}
    assert client.post(link.removeprefix("https://lungs.example"), passwords).status_code == 302
    assert User.objects.get().check_password("a plain passphrase")


@pytest.mark.parametrize(
    ("username", "line", "sentence"),
    [
        ("anna", "", "No password came"),
        ("anna", "short\n", "too short"),
        ("anna", "password12\n", "too common"),
        ("two words", "a plain passphrase\n", "cannot be a username"),
        ("RITA", "a plain passphrase\n", "already a person called RITA"),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_made(piped, username, line, sentence):
    UserFactory(username="rita")
    piped(line)
    with pytest.raises(CommandError, match=sentence):
        create(username)
    assert User.objects.count() == 1
