"""`manage.py create_admin NAME`: the first admin has nobody who could invite them."""

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from lungstudy.accounts import actions
from lungstudy.accounts.models import Role, User

PASSWORD_VARIABLE = "LUNGSTUDY_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    """Makes an admin with a password, or with a link that sets one."""

    help = f"Make an admin. The password is asked for, read from standard input, or taken from {PASSWORD_VARIABLE}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name, and how the password comes."""
        parser.add_argument("username")
        parser.add_argument("--link", action="store_true", help="print a one-use link that sets the password instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, make, say what to do next."""
        username = checked_username(options["username"])
        password = None if options["link"] else checked_password(read_password(), username)
        try:
            user = actions.create_admin(username=username, password=password)
        except actions.AccountError as exc:
            raise CommandError(str(exc)) from exc
        if password is None:
            days = settings.PASSWORD_RESET_TIMEOUT // 86400
            link = settings.BASE_URL.rstrip("/") + actions.make_password_link(user=user, by=None)
            self.stdout.write(f"{username} is an admin. This link sets the password, once, within {days} days:\n{link}")
        else:
            self.stdout.write(f"{username} is an admin. Sign in at {settings.BASE_URL}")


def checked_username(username: str) -> str:
    """A name that the sign-in page takes and nobody has."""
    field = User._meta.get_field("username")
    try:
        field.run_validators(username)
    except ValidationError as exc:
        raise CommandError(f"{username!r} cannot be a username. {' '.join(exc.messages)}") from exc
    if User.objects.filter(username__iexact=username).exists():
        raise CommandError(f"There is already a person called {username}. Choose another name.")
    return username


def read_password() -> str:
    """From the environment, from whoever sits at the terminal, or from what is piped in."""
    if password := os.environ.get(PASSWORD_VARIABLE):
        return password
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise CommandError("The two passwords differ. Start again.")
    return password


def checked_password(password: str, username: str) -> str:
    """A password that the site's rules allow."""
    if not password:
        raise CommandError(f"No password came. Type one, set {PASSWORD_VARIABLE}, pipe one in, or use --link.")
    try:
        validate_password(password, User(username=username, role=Role.ADMIN))
    except ValidationError as exc:
        raise CommandError(f"This password will not do. {' '.join(exc.messages)}") from exc
    return password
