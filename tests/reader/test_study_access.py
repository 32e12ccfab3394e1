"""Every page of the researcher's side against everybody who may come: nobody gets further than the table says."""

import json

import pytest
from django.urls import get_resolver, reverse

from lungstudy.audit.models import Event
from reader.actions.joining import invite_reader
from reader.models import Case, Pool, Study
from tests.factories import AdminFactory, AssignmentFactory, ResearcherFactory, UserFactory
from tests.reader.builder import drawn_draft, sealed_study

# One row for each page and method: what a stranger, a reader of the study, a researcher of another one, its own
# researcher and an admin get. 302 sends a stranger to sign in; for the others it is the page they are taken to.
OPEN_TO_RESEARCHERS = (302, 403, 200, 200, 200)
PAGE = (302, 403, 404, 200, 200)
DOES = (302, 403, 404, 302, 302)
STORES = (302, 403, 404, 200, 200)
NO_GET = (302, 403, 405, 405, 405)
TABLE = {
    "studies": {"get": OPEN_TO_RESEARCHERS},
    "new_study": {"get": OPEN_TO_RESEARCHERS, "post": OPEN_TO_RESEARCHERS},
    "study": {"get": PAGE},
    "edit_study": {"get": PAGE, "post": PAGE},
    "check_study": {"get": NO_GET, "post": PAGE},
    "pool_add": {"get": NO_GET, "post": (302, 403, 404, 400, 400)},
    "pool_remove": {"get": NO_GET, "post": DOES},
    "availability": {"get": PAGE},
    "draw": {"get": NO_GET, "post": DOES},
    "masks": {"get": PAGE, "post": DOES},
    "mask_all": {"get": NO_GET, "post": STORES},
    "mask_case": {"get": NO_GET, "post": STORES},
    "preview": {"get": PAGE},
    "protocol": {"get": (302, 403, 404, 404, 404)},
    "sealing": {"get": PAGE},
    "sealing_stop": {"get": NO_GET, "post": DOES},
    "invite": {"get": NO_GET, "post": DOES},
    "revoke": {"get": NO_GET, "post": DOES},
    "renew": {"get": NO_GET, "post": DOES},
    "remind": {"get": DOES, "post": DOES},
    "preview_room": {"get": PAGE},
    "preview_before": {"get": PAGE, "post": DOES},
    "preview_image": {"get": PAGE},
    "copy_study": {"get": NO_GET, "post": DOES},
    "amend_study": {"get": PAGE, "post": PAGE},
    "researcher_add": {"get": NO_GET, "post": DOES},
    "researcher_remove": {"get": NO_GET, "post": DOES},
    "step": {"get": PAGE, "post": PAGE},
    "analysing": {"get": OPEN_TO_RESEARCHERS, "post": (302, 403, 400, 400, 400)},
    "planning": {"get": OPEN_TO_RESEARCHERS},
    "plan_pilot": {"get": NO_GET, "post": (302, 403, 400, 400, 400)},
    "plan_power": {"get": OPEN_TO_RESEARCHERS},
}
# Their tests lie with the results and with the reading room.
ELSEWHERE = {
    "results", "export_table", "export_whole", "figure",
    "room", "practice", "sitting", "before", "wait", "thanks", "room_keys", "slot_image", "slot_reading",
}  # fmt: skip
ROWS = [(name, method) for name, row in TABLE.items() for method in row]
VISITORS = ["stranger", "reader", "researcher of another study", "its researcher", "admin"]

pytestmark = pytest.mark.django_db


def test_the_table_knows_every_page():
    of_the_app = get_resolver().namespace_dict["reader"][1]
    pages = {name for name in of_the_app.reverse_dict if isinstance(name, str)}

    assert pages == set(TABLE) | ELSEWHERE


@pytest.fixture
def study():
    study = drawn_draft(consent="We ask you to agree.")
    AssignmentFactory(study=study, number=1)
    return study


def addresses(study):
    more = {
        "pool_remove": [study.pools.first().pk],
        "mask_case": [1],
        "preview": [1],
        "revoke": [1],
        "renew": [1],
        "remind": [1],
        "preview_before": ["consent"],
        "preview_image": [study.trials.first().number, 1],
        "researcher_remove": [study.created_by.username],
        "step": ["seal"],
    }
    names = ("studies", "new_study", "analysing", "planning", "plan_pilot")
    of_no_study = {**{name: [] for name in names}, "plan_power": ["light"]}
    return {
        name: reverse(f"reader:{name}", args=of_no_study.get(name, [study.token, *more.get(name, [])]))
        for name in TABLE
    }


def visit(client, study, visitor):
    person = {
        "reader": lambda: study.assignments.get().reader,
        "researcher of another study": ResearcherFactory,
        "its researcher": lambda: study.created_by,
        "admin": AdminFactory,
    }.get(visitor)
    if person:
        client.force_login(person())


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize(("name", "method"), ROWS)
def test_a_page_answers_each_visitor_as_the_table_says(client, study, name, method, visitor):
    visit(client, study, visitor)
    address = addresses(study)[name]
    boxes = {"data": "[]", "content_type": "application/json"} if method == "post" and "mask_" in name else {}
    response = getattr(client, method)(address, **boxes)

    assert response.status_code == TABLE[name][method][VISITORS.index(visitor)]
    if visitor == "stranger":
        assert response.url == f"{reverse('accounts:sign_in')}?next={address}"


def what_is_stored():
    tables = (Study, Pool, Case)
    return [list(table.objects.order_by("pk").values()) for table in tables] + [Event.objects.count()]


@pytest.mark.parametrize("visitor", VISITORS[:3])
def test_nobody_else_changes_anything_by_a_page(client, study, visitor):
    visit(client, study, visitor)
    before = what_is_stored()
    fields = {"title": study.title, "username": study.created_by.username, "dataset": study.pools.first().dataset_id}
    for name, address in addresses(study).items():
        if "post" in TABLE[name] and name != "new_study":
            client.post(address, fields)
            client.post(address, json.dumps([[0, 0, 1, 1]]), content_type="application/json")

    assert what_is_stored() == before


@pytest.mark.parametrize(("visitor", "status"), list(zip(VISITORS, PAGE, strict=True)))
@pytest.mark.parametrize("verb", ["open", "close", "unblind", "delete"])
def test_steps_of_a_sealed_study_are_its_researchers_and_admins_alone(client, verb, visitor, status):
    study = sealed_study()
    place, _ = invite_reader(study=study, by=study.created_by)
    place.reader = UserFactory()
    place.save()
    visit(client, study, visitor)

    assert client.get(reverse("reader:step", args=[study.token, verb])).status_code == status
    assert client.get(reverse("reader:protocol", args=[study.token])).status_code == status
