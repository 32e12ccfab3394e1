"""The study builder in a real Chromium: a study in a minute, fields that follow the design, all without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from lungstudy.library.models import Origin, Provenance
from reader.models import Pool, Study
from tests.factories import DatasetFactory, ImageFactory, ResearcherFactory
from tests.reader.builder import sealed_study

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
DRAW = "Draw the images"


@pytest.fixture
def researcher():
    return ResearcherFactory()


@pytest.fixture
def open_tab(chromium, live_server, researcher):
    """Opens a researcher's tab; an error on a page fails the test."""
    client, contexts, errors = Client(), [], []
    client.force_login(researcher)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}

    def opening(**look):
        context = chromium.new_context(base_url=live_server.url, **look)
        context.add_cookies([cookie])
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        return tab

    yield opening
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def library():
    real, fake = DatasetFactory(name="Films"), DatasetFactory(name="Generated", origin=Origin.SYNTHETIC)
    ImageFactory.create_batch(8, dataset=real, finding="nodule")
    for image in ImageFactory.create_batch(8, dataset=fake, finding="nodule", patient_key=""):
        Provenance.objects.create(image=image, generator="RoentGen", prompt="a nodule")


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).click()


def add_pool(tab, source, count):
    tab.select_option("#id_dataset", label=source)
    tab.fill("#id_count", str(count))
    press(tab, "Add the pool")


def test_a_simple_study_takes_a_title_two_pools_and_a_draw(open_tab, library):
    tab = open_tab()
    tab.goto(reverse("reader:new_study"))
    tab.fill("#id_title", "A simple study")
    press(tab, "Make the draft")
    add_pool(tab, "Films (real)", 8)
    add_pool(tab, "Generated (synthetic)", 8)
    press(tab, DRAW)

    expect(tab.get_by_text("16 images are drawn")).to_be_visible()
    expect(tab.locator("#protocol + .totals")).to_contain_text("about 3 min")
    assert Study.objects.get().trials.count() == 16


def test_fields_the_question_and_the_endpoint_follow_the_design(open_tab):
    tab = open_tab()
    tab.goto(reverse("reader:new_study"))
    question, endpoint = tab.locator("#id_question"), tab.locator("#id_primary_endpoint")
    expect(question).to_have_value("Is this image real or fake?")
    expect(tab.locator("#id_scale_points, #id_tuple_size, #id_target")).to_have_count(3)
    for hidden in ("#id_scale_points", "#id_tuple_size", "#id_target"):
        expect(tab.locator(hidden)).to_be_hidden()

    tab.select_option("#id_design", "rating")
    expect(question).to_have_value("How real does this image look?")
    expect(endpoint).to_have_value("realism")
    expect(tab.locator("#id_scale_points")).to_be_visible()
    expect(tab.locator("#id_allow_unsure")).to_be_hidden()

    tab.select_option("#id_design", "tuple")
    tab.select_option("#id_target", "fake")
    expect(question).to_have_value("Which image is fake?")
    expect(tab.locator("#id_tuple_size")).to_have_value("4")
    question.fill("Which one was made?")
    tab.select_option("#id_design", "pair")
    expect(question).to_have_value("Which one was made?")
    expect(tab.locator("#id_tuple_size")).to_be_hidden()


def test_marks_bring_reasons_that_can_be_edited(open_tab):
    tab = open_tab()
    tab.goto(reverse("reader:new_study"))
    tab.get_by_text("Buttons, revising, confidence").click()
    expect(tab.locator("#id_mark_reasons")).to_be_hidden()
    tab.select_option("#id_marking", "point")
    tab.fill("#id_mark_reasons", "Ribs\nVessels")
    tab.fill("#id_title", "Marked")
    press(tab, "Make the draft")
    expect(tab.locator("h1")).to_contain_text("Marked")

    assert Study.objects.get().mark_reasons == ["Ribs", "Vessels"]


def test_without_scripts_every_field_is_there_and_the_server_does_the_rest(open_tab):
    tab = open_tab(java_script_enabled=False)
    tab.goto(reverse("reader:new_study"))
    expect(tab.locator("#id_scale_points")).to_be_visible()
    tab.fill("#id_title", "Bare")
    tab.select_option("#id_design", "rating")
    tab.select_option("#id_primary_endpoint", "realism")
    press(tab, "Make the draft")
    expect(tab.locator("h1")).to_contain_text("Bare")

    study = Study.objects.get()
    assert (study.question, study.scale_points, study.mark_reasons) == ("How real does this image look?", 5, [])


def draft_of_the_library(researcher, **fields):
    study = Study.objects.create(title="A draft", seed=1, created_by=researcher, **fields)
    study.researchers.add(researcher)
    for origin in Origin.values:
        Pool.objects.create(study=study, origin=origin, count=4)
    return study


def test_refusals_and_totals_follow_what_is_typed_and_lead_to_the_field(open_tab, researcher, library):
    study = draft_of_the_library(researcher)
    tab = open_tab()
    tab.goto(reverse("reader:edit_study", args=[study.token]))
    beside = tab.locator("#check")
    expect(beside).to_contain_text("about 2 min")
    tab.fill("#id_sessions", "2")
    expect(beside).to_contain_text("Each of 2 sessions")
    tab.fill("#id_repeats", "9")
    expect(beside).to_contain_text("9 hidden repeats cannot be chosen among the 8 trials of the study")
    beside.get_by_role("link", name="Go there").first.click()
    tab.fill("#id_repeats", "2")
    tab.fill("#id_repeat_distance", "5")
    expect(beside).not_to_contain_text("hidden repeats cannot")
    press(tab, "Save")
    expect(tab.get_by_role("button", name=DRAW)).to_be_visible()

    study.refresh_from_db()
    assert (study.sessions, study.repeats) == (2, 2)


def test_a_pool_of_one_model_shows_how_many_it_could_draw(open_tab, researcher, library):
    study = draft_of_the_library(researcher)
    tab = open_tab()
    tab.goto(reverse("reader:study", args=[study.token]))
    tab.select_option("#id_dataset", label="Any synthetic data set")
    there = tab.locator("#availability")
    expect(there).to_contain_text("4 can be drawn: 8 images fit.")
    tab.get_by_text("Of one model or prompt").click()
    tab.fill("#id_generator", "Nobody's")
    expect(there).to_contain_text("0 can be drawn")
    tab.fill("#id_generator", "RoentGen")
    tab.fill("#id_count", "3")
    tab.check("#id_practice")
    expect(there).to_contain_text("With 3 of them for practice: 3 practice trials.")
    press(tab, "Add the pool")
    expect(tab.locator("#pools")).to_contain_text("model RoentGen")


def test_what_was_chosen_before_the_scripts_ran_is_counted_too(open_tab, researcher, library):
    tab = open_tab()
    waiting = []
    tab.route("**/htmx*", lambda script: waiting.append(script))
    tab.goto(reverse("reader:study", args=[draft_of_the_library(researcher).token]), wait_until="commit")
    tab.select_option("#id_dataset", label="Any synthetic data set")
    for script in waiting:
        script.continue_()

    expect(tab.locator("#availability")).to_contain_text("4 can be drawn: 8 images fit.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_of_the_builder_is_accessible_and_stays_within_a_phone(open_tab, researcher, library, scheme):
    refused = draft_of_the_library(researcher, repeats=99, exposure_ms=3, practice_feedback=True)
    sealed = sealed_study(created_by=researcher, consent="Yes.\n\nI may stop.", marking="box", mark_reasons=["Ribs"])
    tab = open_tab(color_scheme=scheme, viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    found = {}
    for address in (
        reverse("reader:new_study"), reverse("reader:edit_study", args=[refused.token]),
        reverse("reader:study", args=[refused.token]), reverse("reader:study", args=[sealed.token]),
    ):  # fmt: skip
        tab.goto(address)
        tab.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        tab.wait_for_load_state("networkidle")
        violations = Axe().run(tab, options=RULES).response["violations"]
        wide = tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if violations or wide:
            found[address] = wide, [(one["id"], one["nodes"][0]["html"][:120]) for one in violations]

    assert found == {}
