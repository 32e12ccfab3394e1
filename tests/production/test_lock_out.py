"""Behind nginx, wrong passwords stop the visitor who types them and not the person whose name is typed."""

import pytest

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def behind_nginx(settings):
    settings.AXES_CLIENT_IP_CALLABLE = "lungstudy.accounts.client_address.client_address"


def sign_in(client, user, password: str, address: str) -> int:
    given = {"username": user.username, "password": password}
    return client.post("/sign-in/", given, REMOTE_ADDR="172.18.0.2", HTTP_X_REAL_IP=address).status_code


def test_many_wrong_passwords_lock_out_their_own_address_only(client, settings):
    user = UserFactory()
    tries = [sign_in(client, user, "wrong", "203.0.113.9") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert tries[-1] == 429
    assert sign_in(client, user, PASSWORD, "203.0.113.9") == 429
    assert sign_in(client, user, PASSWORD, "198.51.100.4") == 302
