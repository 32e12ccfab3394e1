"""Every page of generation against everybody who may come: researchers and admins get in, nobody else."""

import pytest
from django.urls import get_resolver, reverse

from generation.models import Generator
from tests.factories import AdminFactory, GeneratedImageFactory, ResearcherFactory, UserFactory

# One row for each page and method: what a stranger, a reader, a researcher and an admin get. 302 sends a stranger to
# sign in; for the others it is the page they are taken to afterwards.
PAGE = (302, 403, 200, 200)
DOES = (302, 403, 302, 302)
WRONG_METHOD = (302, 403, 405, 405)
TABLE = {
    "batches": {"get": PAGE, "post": WRONG_METHOD},
    "new_batch": {"get": PAGE, "post": PAGE},
    "prompt_length": {"get": PAGE, "post": WRONG_METHOD},
    "generators": {"get": PAGE, "post": PAGE},
    "retire_generator": {"get": WRONG_METHOD, "post": DOES},
    "gallery": {"get": PAGE, "post": WRONG_METHOD},
    "decide": {"get": WRONG_METHOD, "post": DOES},
    "compare": {"get": PAGE, "post": DOES},
    "recipe": {"get": PAGE, "post": WRONG_METHOD},
    "batch": {"get": PAGE, "post": WRONG_METHOD},
    "progress": {"get": PAGE, "post": WRONG_METHOD},
    "more": {"get": PAGE, "post": WRONG_METHOD},
    "cancel": {"get": WRONG_METHOD, "post": DOES},
    "retry": {"get": WRONG_METHOD, "post": DOES},
}
ROWS = [(name, method) for name, row in TABLE.items() for method in row]
VISITORS = [None, UserFactory, ResearcherFactory, AdminFactory]

pytestmark = pytest.mark.django_db


def test_the_table_knows_every_page():
    patterns = get_resolver().namespace_dict["generation"][1].url_patterns
    assert {pattern.name for pattern in patterns} == set(TABLE)


@pytest.fixture
def addresses() -> dict[str, str]:
    drawn = GeneratedImageFactory()
    batch = drawn.job.batch
    tokens = dict.fromkeys(("batch", "progress", "more", "cancel", "retry"), batch.token)
    tokens |= {"recipe": drawn.image.token, "retire_generator": batch.generator.token}
    found = {name: reverse(f"generation:{name}", args=[tokens[name]] if name in tokens else []) for name in TABLE}
    found["prompt_length"] += f"?generator={batch.generator.token}"
    return found


@pytest.mark.parametrize(("name", "method"), ROWS)
def test_only_researchers_and_admins_get_in(client, addresses, name, method):
    answers = []
    for visitor in VISITORS:
        client.logout()
        if visitor:
            client.force_login(visitor())
        answers.append(getattr(client, method)(addresses[name]).status_code)
        Generator.objects.update(retired_at=None)  # each visitor finds the same site
    assert tuple(answers) == TABLE[name][method]


@pytest.mark.parametrize("name", ["recipe", "batch", "progress", "more"])
def test_an_unknown_address_is_a_page_that_says_so(client, name):
    client.force_login(ResearcherFactory())
    answer = client.get(reverse(f"generation:{name}", args=["00000000-0000-4000-8000-000000000000"]))
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
