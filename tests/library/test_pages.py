"""The library's pages: who may open them, what they say, and what their forms do."""

import re

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from lungstudy.audit.models import Event
from lungstudy.library.models import Dataset, Image, ImportRun
from tests.factories import AdminFactory, DatasetFactory, ImageFactory, ResearcherFactory, UserFactory
from tests.library.masks import stored_mask

pytestmark = pytest.mark.django_db


@pytest.fixture
def researcher():
    return ResearcherFactory()


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)
    return client


def get(client, name, *args, **query):
    response = client.get(reverse(f"library:{name}", args=args), query)
    return response, b"".join(response) if response.streaming else response.content


OPEN_TO_RESEARCHERS = [
    ("get", "datasets", None), ("get", "import", None), ("post", "import", None),
    ("get", "dataset", "dataset"), ("get", "edit_dataset", "dataset"), ("get", "triage", "dataset"),
    ("get", "import_run", "run"), ("get", "import_progress", "run"),
    ("post", "cancel_import", "run"), ("post", "retry_import", "run"),
    ("get", "picture", "image"), ("get", "thumbnail", "image"), ("post", "decide", "image"),
    ("get", "mask_sets", None), ("get", "mask_import", None), ("post", "mask_import", None),
    ("get", "mask_set", "mask_set"), ("post", "reject_low_scores", "mask_set"), ("get", "export_masks", "mask_set"),
    ("get", "correct_mask", "mask"), ("post", "save_correction", "mask"), ("post", "restore_version", "mask"),
    ("post", "decide_mask", "mask"), ("get", "mask_version", "version"), ("get", "mask_probability", "version"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "answers"),
    [(None, {302}), (UserFactory, {403}), (ResearcherFactory, {200, 302, 400}), (AdminFactory, {200, 302, 400})],
    ids=["stranger", "reader", "researcher", "admin"],
)
@pytest.mark.parametrize(("method", "name", "what"), OPEN_TO_RESEARCHERS)
def test_each_page_is_open_to_researchers_and_admins_only(client, person, answers, method, name, what):
    image = ImageFactory()
    run = ImportRun.objects.create(dataset=image.dataset, source="/nowhere")
    mask = stored_mask(image=image, probability=np.zeros((64, 64), np.uint8))
    found = {"mask": mask, "mask_set": mask.mask_set, "version": mask.newest}
    found |= {"image": image, "run": run, "dataset": image.dataset}
    token = found[what].token if what else None
    if person:
        client.force_login(person())
    response = getattr(client, method)(reverse(f"library:{name}", args=[token] if what else []))

    assert response.status_code in answers
    if person is None:
        assert response.url.startswith(reverse("accounts:sign_in"))


def test_every_url_of_the_app_is_in_the_table_above():
    from lungstudy.library.urls import urlpatterns

    assert {name for _, name, _ in OPEN_TO_RESEARCHERS} == {pattern.name for pattern in urlpatterns}


def test_an_empty_library_says_what_to_do_next(page):
    _, body = get(page, "datasets")
    assert b"No images yet" in body
    assert reverse("library:import").encode() in body


def test_the_list_counts_images_flags_and_exclusions(page):
    dataset = DatasetFactory()
    flag = [{"code": "small", "sentence": "It is small."}]
    ImageFactory.create_batch(3, dataset=dataset)
    ImageFactory(dataset=dataset, flags=flag)
    DatasetFactory()
    excluded = ImageFactory(dataset=dataset, flags=flag)
    page.post(reverse("library:decide", args=[excluded.token]), {"decision": "exclude", "reason": "other"})
    response, body = get(page, "datasets")
    counted = response.context["datasets"].get(pk=dataset.pk)

    assert (counted.n_images, counted.n_flagged, counted.n_to_triage, counted.n_excluded) == (5, 2, 1, 1)
    assert b"CC BY 4.0" in body


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"flagged", "kept", "out", "plain"}),
        ({"finding": "mass"}, {"flagged"}),
        ({"view": "AP"}, {"plain"}),
        ({"flag": "small"}, {"flagged"}),
        ({"flag": "any flag"}, {"flagged", "out"}),
        ({"state": "open"}, {"flagged", "plain"}),
        ({"state": "kept"}, {"kept"}),
        ({"state": "excluded"}, {"out"}),
        ({"finding": "no such finding"}, {"flagged", "kept", "out", "plain"}),
    ],
)
def test_the_grid_is_narrowed_by_finding_view_flag_and_decision(page, query, expected):
    dataset = DatasetFactory()
    ImageFactory(dataset=dataset, source_name="plain", view="AP")
    ImageFactory(dataset=dataset, source_name="flagged", finding="mass", flags=[{"code": "small", "sentence": "."}])
    kept = ImageFactory(dataset=dataset, source_name="kept")
    out = ImageFactory(dataset=dataset, source_name="out", flags=[{"code": "strip", "sentence": "."}])
    page.post(reverse("library:decide", args=[kept.token]), {"decision": "keep"})
    page.post(reverse("library:decide", args=[out.token]), {"decision": "exclude", "reason": "other"})
    response, _ = get(page, "dataset", dataset.token, **query)

    assert {image.source_name for image in response.context["page"]} == expected


def test_the_grid_leads_to_each_image_and_to_the_next_page(page):
    dataset = DatasetFactory()
    images = ImageFactory.create_batch(61, dataset=dataset)
    _, first = get(page, "dataset", dataset.token, state="open")
    _, second = get(page, "dataset", dataset.token, state="open", page=2)

    assert reverse("site:image", args=[images[0].token]).encode() in first
    assert reverse("site:image", args=[images[60].token]).encode() in second
    assert b"page=2" in first
    assert b"state=open" in first


def test_licence_and_citation_can_be_corrected_and_the_log_keeps_what_was_said(page, researcher):
    dataset = DatasetFactory(licence="unknown")
    changes = {"name": dataset.name, "licence": "CC BY 3.0", "citation": "Winther 2020"}
    page.post(reverse("library:edit_dataset", args=[dataset.token]), changes)
    dataset.refresh_from_db()
    event = Event.objects.get(verb="described data set")

    assert (dataset.licence, dataset.citation) == ("CC BY 3.0", "Winther 2020")
    assert (event.actor, event.detail["before"]["licence"]) == (researcher, "unknown")


def test_a_name_that_another_data_set_has_is_refused(page):
    DatasetFactory(name="Films")
    dataset = DatasetFactory(name="Others")
    changes = {"name": "Films", "licence": "x", "citation": "y"}
    response = page.post(reverse("library:edit_dataset", args=[dataset.token]), changes)

    assert b"already exists" in response.content
    assert Dataset.objects.filter(name="Others").exists()


@pytest.mark.parametrize("name", ["picture", "thumbnail"])
def test_a_stored_file_is_sent_whole_without_its_name_and_without_headers_that_depend_on_it(page, name):
    one, other = ImageFactory(seed=1), ImageFactory(seed=2)
    stored = one.file if name == "picture" else one.thumbnail
    response, body = get(page, name, one.token)
    second, _ = get(page, name, other.token)

    assert body == stored.open().read()
    assert response["Content-Type"] == "image/png"
    assert "private" in response["Cache-Control"]
    assert {"ETag", "Last-Modified", "Content-Disposition"}.isdisjoint(response.headers)
    assert {**response.headers, "Content-Length": 0} == {**second.headers, "Content-Length": 0}


def test_behind_nginx_only_the_place_of_the_file_is_sent(page, settings):
    settings.ACCEL_PREFIX = "/stored/"
    image = ImageFactory()
    response, body = get(page, "picture", image.token)

    assert (response["X-Accel-Redirect"], body) == (f"/stored/{image.file.name}", b"")
    assert response["Content-Type"] == "image/png"


def test_a_missing_file_is_not_found_and_no_error(page):
    image = ImageFactory()
    image.file.storage.delete(image.file.name)
    assert get(page, "picture", image.token)[0].status_code == 404


def test_triage_shows_flagged_undecided_images_first_and_their_sentences(page):
    dataset = DatasetFactory()
    ImageFactory(dataset=dataset, source_name="plain.png")
    ImageFactory(dataset=dataset, source_name="flagged.png", flags=[{"code": "small", "sentence": "It is small."}])
    kept = ImageFactory(dataset=dataset, source_name="kept.png")
    page.post(reverse("library:decide", args=[kept.token]), {"decision": "keep"})
    response, _ = get(page, "triage", dataset.token)

    assert [image["name"] for image in response.context["queue"]] == ["flagged.png", "plain.png"]
    assert response.context["queue"][0]["flags"] == ["It is small."]
    assert len(get(page, "triage", dataset.token, all="")[0].context["queue"]) == 3


def test_triage_sends_the_token_that_its_decisions_need(researcher):
    client = Client(enforce_csrf_checks=True)
    client.force_login(researcher)
    image = ImageFactory()
    body = client.get(reverse("library:triage", args=[image.dataset.token])).content.decode()
    token = re.search(r'name="csrf-token" content="([^"]+)"', body)[1]
    decide = reverse("library:decide", args=[image.token])

    assert client.post(decide, {"decision": "keep"}).status_code == 403
    assert client.post(decide, {"decision": "keep"}, headers={"X-CSRFToken": token}).json() == {"saved": True}


def test_a_decision_is_stored_with_who_and_when_and_undone(page, researcher):
    image = ImageFactory()
    decide = reverse("library:decide", args=[image.token])
    page.post(decide, {"decision": "exclude", "reason": "lateral view"})
    image.refresh_from_db()
    assert (image.triaged_by, image.exclusion_reason) == (researcher, "lateral view")
    assert image.excluded_at
    assert not Image.objects.usable().exists()

    page.post(decide, {"decision": "open"})
    image.refresh_from_db()
    assert (image.triaged_at, image.triaged_by, image.excluded_at, image.exclusion_reason) == (None, None, None, "")
    assert [event.verb for event in Event.objects.about(image)] == ["reopened image", "excluded image"]


@pytest.mark.parametrize(
    "said", [{}, {"decision": "exclude"}, {"decision": "exclude", "reason": "because"}, {"decision": "delete"}]
)
def test_a_decision_that_is_none_is_refused_with_a_sentence(page, said):
    image = ImageFactory()
    response = page.post(reverse("library:decide", args=[image.token]), said)

    assert (response.status_code, response.json()["saved"]) == (400, False)
    assert "Choose keep" in response.json()["sentence"]
    image.refresh_from_db()
    assert image.decision == "open"
