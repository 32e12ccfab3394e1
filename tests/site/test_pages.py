"""The site's own pages: who may open them, and what they show."""

import pytest
from django.urls import reverse

from tests.factories import (
    AdminFactory,
    AssignmentFactory,
    BatchFactory,
    GeneratedImageFactory,
    ImageFactory,
    JobFactory,
    ResearcherFactory,
    SlotFactory,
    StudyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
VISITORS = {"stranger": None, "reader": UserFactory, "researcher": ResearcherFactory, "admin": AdminFactory}


@pytest.mark.parametrize(
    ("page", "stranger", "reader", "researcher", "admin"),
    [
        ("home", 302, 200, 200, 200),
        ("image", 302, 403, 200, 200),
        ("system", 302, 403, 403, 200),
        ("workers", 302, 403, 403, 200),
        ("health", 200, 200, 200, 200),
        ("demonstration_sign_in", 405, 405, 405, 405),
    ],
)
def test_each_page_opens_to_those_who_may(client, page, stranger, reader, researcher, admin):
    arguments = [ImageFactory().token] if page == "image" else []
    expected = {"stranger": stranger, "reader": reader, "researcher": researcher, "admin": admin}
    for who, make in VISITORS.items():
        client.logout()
        if make:
            client.force_login(make())
        assert client.get(reverse(f"site:{page}", args=arguments)).status_code == expected[who], who


def test_a_reader_sees_their_studies_with_counts(client):
    slot = SlotFactory()
    AssignmentFactory()  # somebody else's
    client.force_login(slot.assignment.reader)
    page = client.get("/").content.decode()

    assert "0 of 1 read" in page
    assert page.count("Start reading") == 1


def test_a_reader_without_a_study_is_told_what_to_do(client):
    client.force_login(UserFactory())

    assert b"Open the invitation link" in client.get("/").content


def test_a_researcher_sees_what_runs_and_their_own_studies_only(client):
    researcher = ResearcherFactory()
    StudyFactory(title="Mine", researchers=[researcher])
    StudyFactory(title="Not mine")
    JobFactory(batch=BatchFactory(line__prompt="running prompt"))
    client.force_login(researcher)
    page = client.get("/").content.decode()

    assert "running prompt" in page
    assert "Mine" in page
    assert "Not mine" not in page


def test_the_page_of_an_image_shows_its_recipe_and_nothing_of_studies_one_may_not_see(client):
    generated = GeneratedImageFactory(recipe={"seed": 4711})
    client.force_login(ResearcherFactory())
    page = client.get(reverse("site:image", args=[generated.image.token])).content.decode()

    assert "4711" in page
    assert "In none of your studies." in page


@pytest.mark.parametrize(("path", "status", "words"), [("/nothing/", 404, b"There is nothing here")])
def test_an_address_that_names_nothing_gets_a_page_with_a_way_out(client, path, status, words):
    response = client.get(path)

    assert response.status_code == status
    assert words in response.content
    assert b"To the start page" in response.content
