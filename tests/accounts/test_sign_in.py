"""Sign-in and sign-out: what is given away to strangers, and what a session is safe from."""

import re

import pytest
from django.urls import reverse

from lungstudy.accounts.actions import make_password_link
from lungstudy.accounts.models import User
from lungstudy.audit.models import Event
from tests.factories import PASSWORD, AdminFactory, UserFactory

SIGN_IN = "/sign-in/"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')

pytestmark = pytest.mark.django_db


def attempt(client, username: str, password: str = "a wrong passphrase", **more: str):
    return client.post(SIGN_IN, {"username": username, "password": password} | more)


def test_the_right_password_leads_home_and_is_logged(client):
    reader = UserFactory(username="rita")
    assert attempt(client, "rita", PASSWORD).url == reverse("site:home")
    assert Event.objects.get(verb="signed in").actor == reader


@pytest.mark.parametrize("facts", [{}, {"is_active": False}, {"username": "somebody-else"}])
def test_a_stranger_cannot_tell_which_names_exist(client, facts):
    UserFactory(**{"username": "rita"} | facts)
    password = PASSWORD if facts.get("is_active") is False else "a wrong passphrase"
    response = attempt(client, "rita", password)
    assert response.status_code == 200
    assert "This username and password do not belong together" in response.text
    assert "_auth_user_id" not in client.session


def test_the_refusal_is_the_same_page_for_a_wrong_name_and_a_wrong_password(client):
    UserFactory(username="rita")
    known, unknown = (CSRF.sub("", attempt(client, name).text) for name in ("rita", "ritb"))
    assert known == unknown.replace("ritb", "rita")


@pytest.mark.parametrize("username", ["rita", "nobody"])
def test_eight_wrong_passwords_stop_further_ones_with_a_page_that_says_so(client, username, settings):
    UserFactory(username="rita")
    responses = [attempt(client, username) for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [response.status_code for response in responses] == [200] * 7 + [429]
    assert "Wait a quarter of an hour" in responses[-1].text
    assert attempt(client, username, PASSWORD).status_code == 429
    assert settings.AXES_COOLOFF_TIME.total_seconds() == 15 * 60


def test_a_person_who_was_stopped_gets_in_by_a_link_and_can_sign_in_again(client, settings):
    reader = UserFactory(username="rita")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        attempt(client, "rita")
    link = make_password_link(user=reader, by=AdminFactory())
    client.post(link, {"new_password1": "another passphrase", "new_password2": "another passphrase"})
    client.post(reverse("accounts:sign_out"))
    assert attempt(client, "rita", "another passphrase").status_code == 302


def test_signing_in_gives_a_new_session_key(client):
    UserFactory(username="rita")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    attempt(client, "rita", PASSWORD)
    assert client.session.session_key != planted
    assert not type(session)().exists(planted)


def test_cookies_are_closed_to_scripts_and_to_other_sites(client):
    UserFactory(username="rita")
    client.get(SIGN_IN)
    response = attempt(client, "rita", PASSWORD)
    for name in ("sessionid", "csrftoken"):
        assert response.cookies[name]["httponly"]
        assert response.cookies[name]["samesite"] == "Lax"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_leads_nowhere_else(client, address):
    UserFactory(username="rita")
    assert attempt(client, "rita", PASSWORD, next=address).url == reverse("site:home")


def test_next_leads_to_a_page_of_this_site(client):
    UserFactory(username="rita")
    assert attempt(client, "rita", PASSWORD, next="/profile/").url == "/profile/"


def test_somebody_who_is_signed_in_is_not_asked_again(client):
    client.force_login(UserFactory())
    assert client.get(SIGN_IN).url == reverse("site:home")


def test_signing_out_needs_a_post(client):
    client.force_login(UserFactory())
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert client.post(reverse("accounts:sign_out")).url == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_a_form_from_another_site_is_refused(client):
    strict = type(client)(enforce_csrf_checks=True)
    UserFactory(username="rita")
    assert attempt(strict, "rita", PASSWORD).status_code == 403


def test_a_site_without_an_admin_says_how_the_first_is_made(client):
    assert "manage.py create_admin NAME" in client.get(SIGN_IN).text
    AdminFactory()
    assert "create_admin" not in client.get(SIGN_IN).text


def test_the_demonstration_offers_its_own_door(client):
    User.objects.create(username="demo-admin", role="admin", demonstration=True)
    text = client.get(SIGN_IN).text
    assert "Try the demonstration" in text
    assert "has no admin yet" not in text
