"""The demonstration's door: one click, on this machine only, until anything real arrives."""

import pytest
from django.urls import reverse

from lungstudy.accounts.models import Role, User
from lungstudy.site.demonstration import demonstration_user, may_be_made, only_demonstration_data
from tests.factories import DatasetFactory, UserFactory

pytestmark = pytest.mark.django_db
DOOR = "site:demonstration_sign_in"


@pytest.fixture(autouse=True)
def at_home(client):
    """A browser on the machine itself."""
    client.defaults["HTTP_HOST"] = "127.0.0.1:8000"


@pytest.fixture
def demonstration():
    return [demonstration_user(role) for role in Role]


@pytest.mark.parametrize("role", Role)
def test_one_click_signs_in_as_each_of_the_three(client, demonstration, role):
    response = client.post(reverse(DOOR), {"role": role})

    assert response.status_code == 302
    assert client.get("/").wsgi_request.user.role == role


def test_the_sign_in_page_offers_it_only_while_it_lasts(client, demonstration):
    assert b"Read as a radiologist" in client.get("/sign-in/").content
    UserFactory()

    assert b"Read as a radiologist" not in client.get("/sign-in/").content


@pytest.mark.parametrize("real", [UserFactory, DatasetFactory])
def test_the_first_real_account_or_data_set_shuts_the_door(client, demonstration, real):
    real()

    assert not only_demonstration_data()
    assert client.post(reverse(DOOR), {"role": "reader"}).status_code == 403


@pytest.mark.parametrize("real", [UserFactory, DatasetFactory])
def test_it_also_ends_the_sessions_that_were_open(client, demonstration, real):
    client.post(reverse(DOOR), {"role": "admin"})
    real()
    response = client.get("/people/", follow=True)

    assert response.redirect_chain[-1][0] == "/sign-in/"
    assert b"manage.py create_admin" in response.content


def test_more_phantoms_do_not_end_it(demonstration):
    DatasetFactory(phantoms=True)

    assert only_demonstration_data()


@pytest.mark.parametrize(
    "elsewhere",
    [{"REMOTE_ADDR": "192.168.1.7"}, {"HTTP_HOST": "localhost.example.org"}, {"HTTP_HOST": "testserver"}],
)
def test_nobody_comes_in_from_another_machine_or_under_another_name(client, demonstration, elsewhere):
    response = client.post(reverse(DOOR), {"role": "admin"}, **elsewhere)

    assert response.status_code in (400, 403)


def test_production_knows_no_demonstration(client, demonstration, settings):
    settings.EMBEDDED = False

    assert not may_be_made()
    assert client.post(reverse(DOOR), {"role": "admin"}).status_code == 403


def test_an_unknown_role_is_refused(client, demonstration):
    assert client.post(reverse(DOOR), {"role": "root"}).status_code == 400


def test_the_people_of_the_demonstration_have_no_password(demonstration):
    assert not any(user.has_usable_password() for user in User.objects.filter(demonstration=True))


def test_a_site_without_demonstration_people_is_none():
    assert may_be_made()
    assert not only_demonstration_data()
