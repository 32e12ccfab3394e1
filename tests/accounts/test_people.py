"""People: roles, access, and a site that always keeps an admin."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from lungstudy.accounts.actions import AccountError, active_admins, change_role, deactivate, invite, reactivate
from lungstudy.accounts.models import Invitation, Role, User
from lungstudy.audit.models import Event
from tests.factories import AdminFactory, InvitationFactory, ResearcherFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client) -> User:
    admin = AdminFactory(username="anna")
    client.force_login(admin)
    return admin


def test_the_page_lists_people_with_role_and_access(client, admin):
    UserFactory(username="rita", first_name="Rita Reader", is_active=False)
    text = client.get(reverse("accounts:people")).text
    assert "Rita Reader" in text
    assert "Deactivated" in text


@pytest.mark.parametrize(
    ("query", "found"), [("?q=rit", {"rita"}), ("?role=researcher", {"rob"}), ("?q=zzz", set()), ("?role=x", None)]
)
def test_people_are_found_by_name_and_role(client, admin, query, found):
    UserFactory(username="rita")
    ResearcherFactory(username="rob")
    page = client.get(reverse("accounts:people") + query).context["page"]
    assert {person.username for person in page} == (found if found is not None else {"anna", "rita", "rob"})


def test_an_invitation_link_is_shown_once_and_works(client, admin):
    response = client.post(reverse("accounts:people"), {"role": "researcher", "note": "Rob", "days": "3"})
    link = response.context["link"]
    assert link in response.text
    assert "no-store" in response.headers["Cache-Control"]
    assert link not in client.get(reverse("accounts:people")).text
    client.logout()
    assert "invites you as a researcher" in client.get(link).text


@pytest.mark.parametrize("days", ["0", "91", "soon", ""])
def test_an_invitation_for_no_sensible_time_is_not_made(client, admin, days):
    assert client.post(reverse("accounts:people"), {"role": "reader", "days": days}).context["form"].errors["days"]
    assert not Invitation.objects.exists()


def test_a_waiting_invitation_is_taken_back_by_a_button(client, admin):
    invitation = InvitationFactory(token="t")
    response = client.post(reverse("accounts:revoke_invitation", args=[invitation.pk]), follow=True)
    assert "its link no longer works" in response.text
    client.logout()
    assert client.get(reverse("accounts:invitation", args=["t"])).status_code == 410


def test_a_changed_role_opens_pages_at_the_next_click(client, admin):
    reader = UserFactory()
    response = client.post(reverse("accounts:change_role", args=[reader.pk]), {"role": "admin"}, follow=True)
    assert "is now an admin" in response.text
    client.force_login(reader)
    assert client.get(reverse("accounts:people")).status_code == 200
    event = Event.objects.get(verb="changed a role")
    assert (event.actor, event.detail) == (admin, {"before": "reader", "after": "admin"})


def test_a_role_that_does_not_exist_changes_nothing(client, admin):
    reader = UserFactory()
    assert client.post(reverse("accounts:change_role", args=[reader.pk]), {"role": "king"}).status_code == 400
    reader.refresh_from_db()
    assert reader.role == Role.READER


def test_a_deactivated_person_is_out_at_once_and_can_be_let_in_again(client, admin):
    reader = UserFactory()
    theirs = type(client)()
    theirs.force_login(reader)
    assert theirs.get(reverse("accounts:profile")).status_code == 200
    client.post(reverse("accounts:deactivate", args=[reader.pk]))
    assert theirs.get(reverse("accounts:profile")).status_code == 302
    client.post(reverse("accounts:reactivate", args=[reader.pk]))
    assert theirs.get(reverse("accounts:profile")).status_code == 200
    assert list(Event.objects.about(reader).values_list("verb", flat=True)) == [
        "reactivated a person",
        "deactivated a person",
    ]


def test_doing_it_twice_is_doing_it_once():
    admin, reader = AdminFactory(), UserFactory()
    for _ in range(2):
        deactivate(user=reader, by=admin)
    for _ in range(2):
        reactivate(user=reader, by=admin)
    for _ in range(2):
        change_role(user=reader, role=Role.ADMIN, by=admin)
    assert Event.objects.count() == 3


def test_the_last_active_admin_stays(client, admin):
    AdminFactory(is_active=False)
    AdminFactory(demonstration=True)
    for name, data in [("change_role", {"role": "reader"}), ("deactivate", {})]:
        response = client.post(reverse(f"accounts:{name}", args=[admin.pk]), data, follow=True)
        assert "anna is the only active admin. Make somebody else an admin first" in response.text
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.is_admin
    assert not Event.objects.exists()


def test_an_admin_may_step_down_when_there_is_another():
    admin = AdminFactory()
    AdminFactory()
    change_role(user=admin, role=Role.READER, by=admin)
    assert active_admins().count() == 1


@pytest.mark.parametrize("somebody", [UserFactory, ResearcherFactory])
@pytest.mark.parametrize("action", [deactivate, reactivate])
def test_only_an_admin_changes_people(somebody, action):
    AdminFactory()
    with pytest.raises(PermissionDenied, match="Only an active admin"):
        action(user=UserFactory(), by=somebody())


def test_an_admin_whose_role_was_taken_a_moment_ago_changes_nobody():
    stale, other = AdminFactory(), AdminFactory()
    User.objects.filter(pk=stale.pk).update(role=Role.READER)
    with pytest.raises(PermissionDenied):
        change_role(user=other, role=Role.READER, by=stale)


def test_the_people_of_the_demonstration_are_not_changed():
    visitor = UserFactory(demonstration=True)
    with pytest.raises(AccountError, match="demonstration's people cannot be changed"):
        deactivate(user=visitor, by=AdminFactory())


def test_whoever_loses_access_leaves_no_link_by_which_to_come_back():
    admin, leaving = AdminFactory(), AdminFactory()
    for role in Role:
        invite(role=role, by=leaving)
    change_role(user=leaving, role=Role.RESEARCHER, by=admin)
    assert [invitation.role for invitation in Invitation.objects.usable()] == [Role.READER]
    deactivate(user=leaving, by=admin)
    assert not Invitation.objects.usable().exists()
    assert Event.objects.filter(verb="revoked an invitation", actor=admin).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_leave_one():
    anna, bert = AdminFactory(), AdminFactory()
    start = threading.Barrier(2)
    refusals = []

    def demote(user: User, by: User) -> None:
        connection.ensure_connection()  # so that all start at the same moment
        start.wait()
        try:
            change_role(user=user, role=Role.READER, by=by)
        except (AccountError, PermissionDenied) as exc:
            refusals.append(str(exc))
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in [(anna, bert), (bert, anna)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert active_admins().count() == 1
    assert len(refusals) == 1
