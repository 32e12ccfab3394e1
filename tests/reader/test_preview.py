"""The preview: the same room and the same pictures for the research side, and nothing recorded."""

import json
import re

import pytest
from django.urls import reverse

from reader.models import Background, Presentation, Reading, Sitting
from tests.factories import PoolFactory, ResearcherFactory, UserFactory
from tests.reader.builder import drawn_draft, sealed_study

pytestmark = pytest.mark.django_db


def slots_in(page):
    return json.loads(re.search(r'<script id="slots" type="application/json">(.*?)</script>', page.text).group(1))


def preview_of(client, study, query=""):
    client.force_login(study.created_by)
    return client.get(reverse("reader:preview_room", args=[study.token]) + query)


def test_every_trial_is_shown_once_and_marked_as_a_preview(client):
    study = sealed_study()
    page = preview_of(client, study)
    slots = slots_in(page)

    assert "Preview: nothing is recorded." in page.text
    assert len({image for slot in slots for image in slot["images"]}) == 6
    assert "data-assignment" not in page.text


def test_a_sealed_study_shows_the_very_files_that_readers_get(client):
    study = sealed_study()
    address = slots_in(preview_of(client, study))[0]["images"][0]
    shown = client.get(address).getvalue()

    files = [presentation.file.open().read() for presentation in Presentation.objects.filter(case__study=study)]
    assert shown in files


def test_a_draft_shows_what_sealing_would_render(client):
    study = drawn_draft()
    address = slots_in(preview_of(client, study))[0]["images"][0]

    assert client.get(address).content.startswith(b"\x89PNG")
    assert not Presentation.objects.exists()


def test_pairs_come_as_two_images_of_one_trial(client):
    study = drawn_draft(design="pair", n_real=3, n_fake=3)

    assert {len(slot["images"]) for slot in slots_in(preview_of(client, study))} == {2}


def test_nothing_that_a_preview_sends_could_be_filed(client):
    preview_of(client, sealed_study())

    assert not Reading.objects.exists()


@pytest.mark.parametrize(("who", "status"), [(UserFactory, 403), (ResearcherFactory, 404)])
def test_only_the_research_side_sees_it(client, who, status):
    study = sealed_study()
    client.force_login(who())

    assert client.get(reverse("reader:preview_room", args=[study.token])).status_code == status
    case = study.cases.first()
    image = reverse("reader:preview_image", args=[study.token, case.trial.number, case.place])
    assert client.get(image).status_code == status


def test_without_a_draw_it_says_what_to_do(client):
    study = PoolFactory().study
    client.force_login(study.created_by)

    assert "Draw the images first" in client.get(reverse("reader:preview_room", args=[study.token]), follow=True).text


WAY = {
    "consent": "We ask you to agree.",
    "ask_background": True,
    "instructions": "Read *calmly*.",
    "monitor_check": True,
}


def test_the_pages_before_reading_are_shown_one_after_the_other_and_keep_nothing(client):
    study = sealed_study(**WAY)
    client.force_login(study.created_by)
    page = client.get(reverse("reader:study", args=[study.token]))
    address, headings = re.search(r'href="([^"]+)">See the pages before reading', page.text).group(1), []
    while "/before/" in address:
        page = client.get(address)
        headings.append(re.search(r"<h1[^>]*>(.*?)</h1>", page.text).group(1))
        assert "Preview: nothing is recorded." in page.text
        address = client.post(address, {"agreed": "on", "years_reading": 3, "specialty": "radiology", "dark": "no"}).url

    assert headings == ["Before you take part", "A few words about you", "Instructions", "Monitor check"]
    assert address == reverse("reader:preview_room", args=[study.token])
    assert not Background.objects.exists()
    assert not Sitting.objects.exists()


def test_who_does_not_agree_in_a_preview_is_led_back_to_the_study(client):
    study = sealed_study(**WAY)
    client.force_login(study.created_by)
    answer = client.post(reverse("reader:preview_before", args=[study.token, "consent"]), {"refuse": "1"})

    assert answer.url == reverse("reader:study", args=[study.token])


def test_a_step_that_a_study_does_not_ask_for_has_no_preview(client):
    study = sealed_study()
    client.force_login(study.created_by)

    assert client.get(reverse("reader:preview_before", args=[study.token, "consent"])).status_code == 404
