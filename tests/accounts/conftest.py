"""What the tests of accounts share."""

import pytest


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """The real hasher takes a third of a second for each person, by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
