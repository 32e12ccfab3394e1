"""Invitations: who may make them, what they open, and that each works once."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lungstudy.accounts.actions import (
    InvitationError,
    accept_invitation,
    invite,
    join_by_invitation,
    revoke_invitation,
)
from lungstudy.accounts.models import Invitation, InvitationState, Role, User
from lungstudy.accounts.signals import invitation_accepted
from lungstudy.audit.models import Event
from tests.factories import AdminFactory, InvitationFactory, ResearcherFactory, UserFactory

NEWCOMER = {"username": "nina", "name": "Nina Nowak", "password": "a plain passphrase", "time_zone": "Europe/Warsaw"}
FORM = {
    "username": "nina",
    "name": "Nina Nowak",
    "password1": "a plain passphrase",
    "password2": "a plain passphrase",
    "time_zone": "Europe/Warsaw",
}

pytestmark = pytest.mark.django_db


def page(token: str) -> str:
    return reverse("accounts:invitation", args=[token])


@pytest.fixture
def refusing_study():
    """Another app's receiver that refuses everybody, as a closed study would."""

    def refuse(**_):
        raise InvitationError("The study is closed. Ask the researcher for another.")

    invitation_accepted.connect(refuse)
    yield
    invitation_accepted.disconnect(refuse)


@pytest.mark.parametrize(
    ("inviter", "role", "allowed"),
    [
        (AdminFactory, Role.ADMIN, True),
        (AdminFactory, Role.RESEARCHER, True),
        (AdminFactory, Role.READER, True),
        (ResearcherFactory, Role.ADMIN, False),
        (ResearcherFactory, Role.RESEARCHER, False),
        (ResearcherFactory, Role.READER, True),
        (UserFactory, Role.READER, False),
    ],
)
def test_who_may_invite_whom(inviter, role, allowed):
    if allowed:
        invitation, token = invite(role=role, by=inviter())
        assert Invitation.objects.usable().with_token(token).get() == invitation
    else:
        with pytest.raises(PermissionDenied, match="may not invite"):
            invite(role=role, by=inviter())


def test_the_token_itself_is_stored_nowhere():
    invitation, token = invite(role=Role.READER, by=AdminFactory())
    stored = [str(value) for value in Invitation.objects.filter(pk=invitation.pk).values_list().get()]
    assert not any(token in value for value in stored)
    assert not Event.objects.filter(detail__icontains=token).exists()


def test_a_newcomer_makes_an_account_and_is_signed_in(client):
    InvitationFactory(token="t", role=Role.RESEARCHER)
    response = client.post(page("t"), FORM)

    user = User.objects.get(username="nina")
    assert response.url == reverse("site:home")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.role, str(user), user.time_zone) == (Role.RESEARCHER, "Nina Nowak", "Europe/Warsaw")
    assert user.check_password("a plain passphrase")
    assert Event.objects.filter(verb="accepted an invitation", actor=user).count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password2": "another passphrase"}, "match"),
        ({"username": "PERSON"}, "Somebody has this username already"),
        ({"username": "two words"}, "Enter a valid username"),
        ({"time_zone": "Moon/Tycho"}, "Select a valid choice"),
        ({"name": ""}, "required"),
    ],
)
def test_a_form_that_is_wrong_says_so_and_the_link_still_works(client, changed, sentence):
    UserFactory(username="person")
    InvitationFactory(token="t")
    assert sentence in client.post(page("t"), FORM | changed).text
    assert client.post(page("t"), FORM).status_code == 302


def test_somebody_with_an_account_accepts_as_themselves(client):
    InvitationFactory(token="t", role=Role.RESEARCHER)
    reader = UserFactory()
    client.force_login(reader)
    assert "Accept as" in client.get(page("t")).text
    client.post(page("t"))
    reader.refresh_from_db()
    assert reader.role == Role.RESEARCHER
    assert reader.invitations_accepted.count() == 1


def test_accepting_never_lowers_a_role():
    InvitationFactory(token="t", role=Role.READER)
    admin = AdminFactory()
    accept_invitation(token="t", user=admin)
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_looking_at_an_invitation_does_not_use_it(client):
    InvitationFactory(token="t")
    for _ in range(2):
        assert client.get(page("t")).status_code == 200
    assert Invitation.objects.get().state == InvitationState.WAITING


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(
    ("state", "status", "sentence"),
    [
        ("expired", 410, "expired on"),
        ("revoked", 410, "was taken back"),
        ("used", 410, "has been used"),
        ("unknown", 404, "No invitation has this address"),
    ],
)
def test_a_link_that_does_not_work_says_why_and_what_to_do(client, state, status, sentence, signed_in, method):
    past = timezone.now() - timedelta(days=1)
    facts = {
        "expired": {"expires_at": past},
        "revoked": {"revoked_at": past},
        "used": {"accepted_at": past, "accepted_by": UserFactory()},
        "unknown": {},
    }[state]
    InvitationFactory(token="t", **facts)
    if signed_in:
        client.force_login(UserFactory())
    people = User.objects.count()

    response = getattr(client, method)(page("another" if state == "unknown" else "t"), FORM)
    assert response.status_code == status
    assert sentence in response.text
    assert "new one" in response.text
    assert User.objects.count() == people


def test_whoever_used_a_link_is_taken_to_their_start_page_by_it(client):
    reader = UserFactory()
    InvitationFactory(token="t", accepted_at=timezone.now(), accepted_by=reader)
    client.force_login(reader)
    assert client.get(page("t")).url == reverse("site:home")


def test_nobody_accepts_an_invitation_of_their_own():
    researcher = ResearcherFactory()
    InvitationFactory(token="t", created_by=researcher)
    with pytest.raises(InvitationError, match="made this invitation yourself"):
        accept_invitation(token="t", user=researcher)
    assert Invitation.objects.get().state == InvitationState.WAITING


def test_a_person_of_the_demonstration_keeps_their_role(client):
    InvitationFactory(token="t", role=Role.ADMIN)
    visitor = UserFactory(demonstration=True)
    with pytest.raises(InvitationError, match="keep their roles"):
        accept_invitation(token="t", user=visitor)
    visitor.refresh_from_db()
    assert visitor.role == Role.READER


def test_a_study_that_refuses_leaves_no_account_and_the_link_unused(client, refusing_study):
    InvitationFactory(token="t")
    response = client.post(page("t"), FORM)
    assert response.status_code == 409
    assert "The study is closed. Ask the researcher for another." in response.text
    assert not User.objects.filter(username="nina").exists()
    assert Invitation.objects.get().state == InvitationState.WAITING
    assert not Event.objects.exists()


def test_a_study_that_refuses_leaves_the_role_of_a_person_as_it_was(client, refusing_study):
    InvitationFactory(token="t", role=Role.ADMIN)
    reader = UserFactory()
    client.force_login(reader)
    assert client.post(page("t")).status_code == 409
    reader.refresh_from_db()
    assert reader.role == Role.READER


def test_a_study_hears_of_the_invitation_and_the_person():
    heard = []

    def listen(**facts):
        heard.append((facts["invitation"], facts["user"], connection.in_atomic_block))

    invitation_accepted.connect(listen)
    try:
        invitation = InvitationFactory(token="t")
        user = join_by_invitation(token="t", **NEWCOMER)
    finally:
        invitation_accepted.disconnect(listen)
    assert heard == [(invitation, user, True)]


def test_an_admin_and_the_inviter_revoke_and_others_do_not():
    invitation = InvitationFactory()
    with pytest.raises(PermissionDenied, match="Only an admin"):
        revoke_invitation(invitation=invitation, by=ResearcherFactory())
    revoke_invitation(invitation=invitation, by=invitation.created_by)
    revoke_invitation(invitation=invitation, by=AdminFactory())
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.REVOKED
    assert Event.objects.filter(verb="revoked an invitation").count() == 1


def test_a_used_invitation_cannot_be_revoked():
    invitation = InvitationFactory(accepted_at=timezone.now(), accepted_by=UserFactory())
    with pytest.raises(InvitationError, match="has been used"):
        revoke_invitation(invitation=invitation, by=AdminFactory())


@pytest.mark.django_db(transaction=True)
def test_of_many_tabs_with_one_link_exactly_one_wins():
    InvitationFactory(token="t")
    start = threading.Barrier(4)
    outcomes = []

    def tab(number: int) -> None:
        connection.ensure_connection()  # so that all start at the same moment
        start.wait()
        try:
            join_by_invitation(token="t", **NEWCOMER | {"username": f"nina{number}"})
            outcomes.append("in")
        except InvitationError as exc:
            outcomes.append("used" if "has been used" in str(exc) else str(exc))
        finally:
            connection.close()

    tabs = [threading.Thread(target=tab, args=[number]) for number in range(4)]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()

    assert sorted(outcomes) == ["in", "used", "used", "used"]
    assert User.objects.filter(username__startswith="nina").count() == 1
