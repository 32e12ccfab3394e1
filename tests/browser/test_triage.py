"""Triage and import in a real Chromium: keys decide, decisions are stored at once, uploads arrive."""

import re
import time

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from lungstudy.library.models import Image, ImportRun
from lungstudy.library.tasks import run_import
from tests.factories import DatasetFactory, ImageFactory, ResearcherFactory, grey_png

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium, live_server):
    """A researcher's tab; an error on the page fails the test."""
    client = Client()
    client.force_login(ResearcherFactory())
    context = chromium.new_context(base_url=live_server.url)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context.add_cookies([cookie])
    tab, errors = context.new_page(), []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
    yield tab
    context.close()
    assert errors == []


@pytest.fixture
def dataset():
    dataset = DatasetFactory()
    for name in ("a.png", "b.png", "c.png"):
        ImageFactory(dataset=dataset, source_name=name)
    ImageFactory(dataset=dataset, source_name="flagged.png", flags=[{"code": "small", "sentence": "It is small."}])
    return dataset


def said_of(name):
    """What is stored about one picture, once the request that is under way has ended."""
    time.sleep(0.3)
    image = Image.objects.get(source_name=name)
    return image.decision, image.exclusion_reason


def test_keys_keep_exclude_move_and_undo_and_each_is_stored_at_once(page, dataset):
    page.goto(reverse("library:triage", args=[dataset.token]))
    name = page.locator("#triage-name")
    expect(name).to_have_text("flagged.png")
    expect(page.locator("#triage-flags")).to_have_text("It is small.")

    page.keyboard.press("k")
    expect(name).to_have_text("a.png")
    assert said_of("flagged.png") == ("keep", "")

    page.keyboard.press("x")
    expect(page.get_by_role("button", name="1 lateral view")).to_be_visible()
    page.keyboard.press("1")
    expect(name).to_have_text("b.png")
    assert said_of("a.png") == ("exclude", "lateral view")

    page.keyboard.press("u")
    expect(name).to_have_text("a.png")
    expect(page.locator("#triage-state")).to_have_text("Not decided yet.")
    assert said_of("a.png") == ("open", "")

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(name).to_have_text("c.png")
    page.get_by_role("button", name=re.compile("Exclude")).click()
    page.get_by_role("button", name="7 poor quality").click()
    assert said_of("c.png") == ("exclude", "poor quality")


def test_a_decision_that_was_not_stored_is_taken_back_and_said(page, dataset):
    page.goto(reverse("library:triage", args=[dataset.token]))
    page.context.set_offline(True)
    page.keyboard.press("k")
    expect(page.get_by_role("alert")).to_contain_text("flagged.png: the decision was not stored.")
    expect(page.locator("#triage-state")).to_have_text("Not decided yet.")

    page.context.set_offline(False)
    page.keyboard.press("k")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert said_of("flagged.png") == ("keep", "")


def test_number_keys_do_nothing_while_no_reason_is_asked_for(page, dataset):
    page.goto(reverse("library:triage", args=[dataset.token]))
    page.keyboard.press("1")
    assert said_of("flagged.png") == ("open", "")


def test_films_are_uploaded_watched_and_shown(page, settings, tmp_path):
    settings.UPLOADS = tmp_path
    page.goto(reverse("library:import"))
    films = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": grey_png(n, 96)} for n in range(3)]
    page.get_by_label("Images, or a zip of them").set_input_files(films)
    page.get_by_label("Name of the new data set").fill("Ward films")
    page.get_by_label("Licence").fill("CC BY 4.0")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("A new data set needs this.")).to_be_visible()

    page.get_by_label("Images, or a zip of them").set_input_files(films)
    page.get_by_label("Citation").fill("A. Author, 2026")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Waiting for a worker")).to_be_visible()
    run = ImportRun.objects.get()
    expect(page).to_have_url(re.compile(str(run.token)))

    run_import(run.pk)
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    page.get_by_role("link", name="Open the data set").click()
    expect(page.locator(".picture-grid img")).to_have_count(3)
