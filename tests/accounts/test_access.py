"""Every page of accounts and audit against everybody who may come: nobody gets further than the table says."""

import pytest
from django.urls import get_resolver, reverse

from lungstudy.accounts.actions import make_password_link
from lungstudy.accounts.models import Invitation, User
from tests.factories import AdminFactory, InvitationFactory, ResearcherFactory, UserFactory

# One row for each page and method: what a stranger, a reader, a researcher and an admin get. 302 sends a stranger to
# sign in; for the others it is the page they are taken to afterwards.
ANYBODY = (200, 200, 200, 200)
SIGNED_IN = (302, 200, 200, 200)
ADMIN_PAGE = (302, 403, 403, 200)
ADMIN_DOES = (302, 403, 403, 302)
NO_GET = (405, 405, 405, 405)
TABLE = {
    "accounts:sign_in": {"get": (200, 302, 302, 302)},
    "accounts:sign_out": {"get": NO_GET, "post": (302, 302, 302, 302)},
    "accounts:profile": {"get": SIGNED_IN, "post": SIGNED_IN},
    "accounts:change_password": {"get": SIGNED_IN, "post": SIGNED_IN},
    "accounts:people": {"get": ADMIN_PAGE, "post": ADMIN_PAGE},
    "accounts:person": {"get": ADMIN_PAGE, "post": NO_GET},
    "accounts:change_role": {"get": NO_GET, "post": (302, 403, 403, 400)},
    "accounts:deactivate": {"get": NO_GET, "post": ADMIN_DOES},
    "accounts:reactivate": {"get": NO_GET, "post": ADMIN_DOES},
    "accounts:password_link": {"get": ADMIN_PAGE, "post": ADMIN_PAGE},
    "accounts:revoke_invitation": {"get": NO_GET, "post": ADMIN_DOES},
    "accounts:invitation": {"get": ANYBODY, "post": (200, 302, 302, 302)},
    "accounts:set_password": {"get": ANYBODY, "post": ANYBODY},
    "audit:log": {"get": ADMIN_PAGE, "post": NO_GET},
}
ROWS = [(name, method) for name, row in TABLE.items() for method in row]
VISITORS = [None, UserFactory, ResearcherFactory, AdminFactory]

pytestmark = pytest.mark.django_db


def test_the_table_knows_every_page():
    pages = {
        f"{namespace}:{pattern.name}"
        for namespace in ("accounts", "audit")
        for pattern in get_resolver().namespace_dict[namespace][1].url_patterns
    }
    assert pages == set(TABLE)


@pytest.fixture
def addresses() -> dict[str, str]:
    somebody = UserFactory()
    invitation = InvitationFactory(token="a-token")
    one_person = {"person", "change_role", "deactivate", "reactivate", "password_link"}
    arguments = {f"accounts:{name}": [somebody.pk] for name in one_person} | {
        "accounts:revoke_invitation": [invitation.pk],
        "accounts:invitation": ["a-token"],
    }
    found = {name: reverse(name, args=arguments.get(name, [])) for name in TABLE if name != "accounts:set_password"}
    return found | {"accounts:set_password": make_password_link(user=somebody, by=None)}


@pytest.mark.parametrize("visitor", range(4), ids=["stranger", "reader", "researcher", "admin"])
@pytest.mark.parametrize(("name", "method"), ROWS)
def test_a_page_answers_each_visitor_as_the_table_says(client, addresses, name, method, visitor):
    if make := VISITORS[visitor]:
        client.force_login(make())
    response = getattr(client, method)(addresses[name])
    assert response.status_code == TABLE[name][method][visitor]
    stranger_is_sent_to_sign_in = visitor == 0 and response.status_code == 302 and name != "accounts:sign_out"
    if stranger_is_sent_to_sign_in:
        assert response.url == f"{reverse('accounts:sign_in')}?next={addresses[name]}"


@pytest.mark.parametrize("visitor", [None, UserFactory, ResearcherFactory])
def test_nobody_but_an_admin_changes_anybody_by_a_page(client, addresses, visitor):
    if visitor:
        client.force_login(visitor())
    before = list(User.objects.order_by("pk").values()), list(Invitation.objects.values())
    for name, row in TABLE.items():
        if row.get("post", ())[-1:] in [(302,), (400,)] and name not in ("accounts:sign_out", "accounts:invitation"):
            client.post(addresses[name], {"role": "admin"})
    client.post(addresses["accounts:people"], {"role": "admin", "days": "14"})
    assert (list(User.objects.order_by("pk").values()), list(Invitation.objects.values())) == before


def test_a_refusal_says_whose_page_it_is(client):
    client.force_login(UserFactory())
    assert "This page is for admins" in client.get(reverse("audit:log")).text
