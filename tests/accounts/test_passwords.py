"""Passwords: one-use links, a person's own change, and what each ends."""

import threading
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from lungstudy.accounts.actions import AccountError, make_password_link, use_password_link
from lungstudy.audit.models import Event
from tests.factories import PASSWORD, AdminFactory, ResearcherFactory, UserFactory

NEW = "another passphrase"
BOTH = {"new_password1": NEW, "new_password2": NEW}

pytestmark = pytest.mark.django_db


def test_a_link_from_the_person_page_sets_a_password_and_signs_in(client):
    reader = UserFactory()
    client.force_login(AdminFactory())
    asked = client.get(reverse("accounts:password_link", args=[reader.pk]))
    assert asked.context["link"] == ""
    link = client.post(reverse("accounts:password_link", args=[reader.pk])).context["link"]
    client.logout()

    assert reader.username in client.get(link).text
    assert client.post(link, BOTH).url == reverse("site:home")
    assert client.session["_auth_user_id"] == str(reader.pk)
    reader.refresh_from_db()
    assert reader.check_password(NEW)
    assert list(Event.objects.about(reader).values_list("verb", flat=True)) == [
        "set a password by link",
        "made a password link",
    ]


def gone(client, link: str) -> bool:
    responses = [client.get(link), client.post(link, BOTH)]
    sentence = "This link has been used or has expired. Ask an admin for a new one."
    return all(response.status_code == 410 and sentence in response.text for response in responses)


def test_a_link_works_once(client):
    link = make_password_link(user=UserFactory(), by=AdminFactory())
    client.post(link, BOTH)
    client.logout()
    assert gone(client, link)


def test_a_link_ends_when_the_person_signs_in(client):
    reader = UserFactory()
    link = make_password_link(user=reader, by=AdminFactory())
    client.force_login(reader)
    client.logout()
    assert gone(client, link)


@pytest.mark.parametrize(("minutes", "works"), [(-1, True), (1, False)])
def test_a_link_ends_after_three_days(client, monkeypatch, minutes, works):
    link = make_password_link(user=UserFactory(), by=AdminFactory())
    later = datetime.now() + timedelta(days=3, minutes=minutes)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert gone(client, link) != works


def test_a_link_ends_when_the_person_is_deactivated(client):
    reader = UserFactory()
    link = make_password_link(user=reader, by=AdminFactory())
    reader.is_active = False
    reader.save()
    assert gone(client, link)


@pytest.mark.parametrize("uid", ["MQ", "AAAA", "!", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OQ", "4pi6"])
def test_a_link_that_somebody_made_up_says_the_same(client, uid):
    assert gone(client, reverse("accounts:set_password", args=[uid, "c1-abc"]))


def test_of_two_tabs_with_one_link_the_second_is_refused():
    reader = UserFactory()
    _, _, uid, token, _ = make_password_link(user=reader, by=AdminFactory()).split("/")
    use_password_link(uid=uid, token=token, password=NEW)
    with pytest.raises(AccountError, match="has been used"):
        use_password_link(uid=uid, token=token, password="a third passphrase")
    reader.refresh_from_db()
    assert reader.check_password(NEW)


@pytest.mark.django_db(transaction=True)
def test_of_four_tabs_at_the_same_moment_one_sets_the_password():
    reader = UserFactory()
    _, _, uid, token, _ = make_password_link(user=reader, by=AdminFactory()).split("/")
    start = threading.Barrier(4)
    winners = []

    def tab(password: str) -> None:
        connection.ensure_connection()  # so that all start at the same moment
        start.wait()
        try:
            use_password_link(uid=uid, token=token, password=password)
            winners.append(password)
        except AccountError:
            pass
        finally:
            connection.close()

    tabs = [threading.Thread(target=tab, args=[f"passphrase of tab {number}"]) for number in range(4)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    reader.refresh_from_db()
    assert len(winners) == 1
    assert reader.check_password(winners[0])


def test_a_weak_password_is_refused_and_the_link_still_works(client):
    link = make_password_link(user=UserFactory(), by=AdminFactory())
    response = client.post(link, {"new_password1": "password12", "new_password2": "password12"})
    assert "too common" in response.text
    assert client.post(link, BOTH).status_code == 302


@pytest.mark.parametrize("somebody", [UserFactory, ResearcherFactory])
def test_only_an_admin_makes_a_link(somebody):
    with pytest.raises(PermissionDenied):
        make_password_link(user=UserFactory(), by=somebody())


@pytest.mark.parametrize("facts", [{"is_active": False}, {"demonstration": True}])
def test_no_link_is_made_for_somebody_who_may_not_sign_in_by_password(client, facts):
    client.force_login(AdminFactory())
    response = client.post(reverse("accounts:password_link", args=[UserFactory(**facts).pk]), follow=True)
    assert "deactivated" in response.text or "one click" in response.text
    assert not Event.objects.filter(verb="made a password link").exists()


def test_ones_own_new_password_needs_the_old_one_and_ends_other_sessions(client):
    reader = UserFactory()
    elsewhere = type(client)()
    for browser in (client, elsewhere):
        browser.force_login(reader)
    page = reverse("accounts:change_password")

    assert "entered incorrectly" in client.post(page, BOTH | {"old_password": "wrong"}).text
    assert client.post(page, BOTH | {"old_password": PASSWORD}).url == reverse("accounts:profile")
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert elsewhere.get(reverse("accounts:profile")).status_code == 302
    assert Event.objects.get(verb="changed their password").actor == reader
