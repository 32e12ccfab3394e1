"""The researcher's pages: what they say, ask and show, and that no verdict is on them before unblinding."""

import hashlib
import io
import re
import shutil

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image as Pillow

from lungstudy.audit.models import Event
from reader.actions.drafts import mask_everywhere, mask_markers
from reader.models import Assignment, Reading, Sealing, Study, Verdict
from tests.factories import (
    AssignmentFactory,
    DatasetFactory,
    ImageFactory,
    OpenStudyFactory,
    PoolFactory,
    ResearcherFactory,
)
from tests.reader.builder import draft_with_pools, drawn_draft, run_sealing, sealed_study
from tests.reader.played_study import played_study

pytestmark = pytest.mark.django_db
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture
def visit(client):
    """Opens or sends a page of a study as its own researcher."""

    def visiting(study, name, *more, data=None, follow=True):
        client.force_login(study.created_by)
        address = reverse(f"reader:{name}", args=[study.token, *more])
        return client.get(address) if data is None else client.post(address, data, follow=follow)

    return visiting


def test_a_draft_is_made_on_the_page_with_an_offered_seed(client):
    researcher = ResearcherFactory()
    client.force_login(researcher)
    form = client.get(reverse("reader:new_study")).context["form"]
    fields = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    client.post(reverse("reader:new_study"), fields | {"title": "A study"})

    study = Study.objects.get()
    assert study.title == "A study"
    assert 0 <= study.seed < 2**31
    assert list(study.researchers.all()) == list(study.insiders.all()) == [researcher]


@pytest.mark.parametrize(
    ("field", "value"), [("seed", 2**63), ("image_size", 100_000), ("border_crop_percent", 50), ("title", "")]
)
def test_a_field_out_of_range_is_explained_and_nothing_is_stored(client, field, value):
    client.force_login(ResearcherFactory())
    page = client.post(reverse("reader:new_study"), {"title": "A study", field: value})

    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not Study.objects.exists()


def test_availability_follows_what_is_typed(visit, client):
    study = draft_with_pools(n_real=5, per_pool=2)
    dataset = study.pools.first().dataset
    ImageFactory(dataset=dataset, finding="nodule", view="PA")
    client.force_login(study.created_by)
    address = reverse("reader:availability", args=[study.token])

    assert "<strong>4</strong> can be drawn: 6 images fit" in client.get(address, {"dataset": dataset.pk}).text
    nodules = client.get(address, {"dataset": dataset.pk, "finding": "nodule", "count": ""}).text
    assert "1 image fits, of 1 patient" in nodules
    assert '<option value="nodule">' in nodules
    assert client.get(address, {"dataset": "none"}).text.startswith("Choose where")


def test_a_draw_that_asks_for_too_much_names_the_number_to_change(visit):
    study = draft_with_pools(n_real=2, per_pool=3)

    assert "Ask for 2 or fewer" in visit(study, "draw", data={}).text


PAGES = ["study", "edit_study", "masks", "step"]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_which_images_are_phantoms_and_what_they_stand_for(visit, name):
    study = drawn_draft()
    dataset = study.pools.first().dataset
    dataset.phantoms = True
    dataset.save()
    page = visit(study, name, *(["seal"] if name == "step" else [])).text

    assert f"images of “{dataset}” are computer-drawn, of no patient. They stand for “real”" in page


def test_the_list_marks_studies_with_phantoms(client):
    study = draft_with_pools()
    client.force_login(study.created_by)
    assert "phantoms</span>" not in client.get(reverse("reader:studies")).text
    PoolFactory(study=study, dataset=DatasetFactory(phantoms=True))

    assert "phantoms</span>" in client.get(reverse("reader:studies")).text


@pytest.mark.parametrize("state", [Study.State.OPEN, Study.State.CLOSED])
def test_counts_and_pace_are_shown_and_no_verdict(visit, state):
    study = played_study()
    Study.objects.update(state=state)
    pages = set()
    for verdict in Verdict:
        Reading.objects.update(verdict=verdict)
        pages.add(CSRF.sub("", visit(study, "study").text))

    assert len(pages) == 1
    assert f"of {study.cases.count()}</td>" in pages.pop()


def test_the_link_is_shown_once(visit):
    study = sealed_study()
    page = visit(study, "invite", data={"note": "Dr Roe"})

    assert "/invitation/" in page.text
    assert "Dr Roe" in page.text
    assert "/invitation/" not in visit(study, "study").text
    assert Assignment.objects.get().number == 1


def test_a_step_asks_for_the_name_and_a_second_click_does_nothing_more(visit):
    study = sealed_study()

    assert "That is not the name" in visit(study, "step", "open", data={"title": "another"}).text
    assert Study.objects.get().state == Study.State.SEALED
    visit(study, "step", "open", data={"title": study.title})
    second = visit(study, "step", "open", data={"title": study.title})

    assert "Only a sealed study can be opened" in second.text
    assert Study.objects.get().state == Study.State.OPEN
    assert Event.objects.filter(verb="opened a study").count() == 1


def test_sealing_on_the_page_queues_one_sealing_and_shows_its_progress(visit):
    study = drawn_draft()
    visit(study, "step", "seal", data={"title": study.title})
    again = visit(study, "step", "seal", data={"title": study.title})

    assert "being sealed" in again.text
    sealing = Sealing.objects.get()
    fragment = visit(study, "sealing")
    assert "Waiting for a worker to render 6 images" in fragment.text
    assert "HX-Refresh" not in fragment.headers
    run_sealing(sealing)
    assert visit(study, "sealing").headers["HX-Refresh"] == "true"


@pytest.mark.django_db(transaction=True)
def test_a_sealing_that_could_wake_no_worker_is_stored_and_waits_for_beat(visit, settings):
    study = drawn_draft()
    shutil.rmtree(settings.VAR / "broker", ignore_errors=True)
    page = visit(study, "step", "seal", data={"title": study.title})

    assert "Waiting for a worker" in page.text
    assert Sealing.objects.claimable().count() == 1


def test_the_protocol_that_is_downloaded_has_the_hash_on_the_page(visit):
    study = sealed_study()
    protocol = visit(study, "protocol")

    assert hashlib.sha256(protocol.content).hexdigest() == study.protocol_sha256
    assert study.protocol_sha256 in visit(study, "study").text


def test_the_preview_is_bare_to_draw_on_and_masked_as_readers_will_see_it(client):
    study = drawn_draft()
    mask_markers(study=study, number=1, boxes=[[0, 0, 0.5, 0.5]])
    mask_everywhere(study=study, boxes=[[0, 0.5, 0.5, 1]])
    half = study.image_size // 2
    address = reverse("reader:preview", args=[study.token, 1])
    client.force_login(study.created_by)
    bare, masked = (_pixels(client.get(address + query).content) for query in ("", "?masked"))

    assert np.ptp(masked[:half, :half]) == np.ptp(masked[half:, :half]) == 0
    assert min(np.ptp(bare[:half, :half]), np.ptp(bare[half:, :half])) > 0
    assert (bare[:, half:] == masked[:, half:]).all()


def _pixels(data):
    return np.asarray(Pillow.open(io.BytesIO(data)))


@pytest.mark.parametrize("body", ["", "no json", '{"a": 1}', "[[0, 0, 5, 5]]"])
def test_boxes_that_are_none_are_refused_in_a_sentence(client, body):
    study = drawn_draft()
    client.force_login(study.created_by)
    address = reverse("reader:mask_case", args=[study.token, 1])
    response = client.post(address, body, content_type="application/json")

    assert response.status_code == 409
    assert "draw them again" in response.json()["sentence"]


def test_a_sealed_study_has_no_page_to_draw_masks_on(visit, client):
    study = sealed_study()
    client.force_login(study.created_by)

    assert "its masks are fixed" in client.get(reverse("reader:masks", args=[study.token]), follow=True).text


def test_closing_warns_of_images_that_nobody_was_to_read(client):
    study = OpenStudyFactory(blocks=3)
    AssignmentFactory(study=study, number=1, block=1)
    AssignmentFactory(study=study, number=2, block=2, reader=None)
    client.force_login(study.created_by)
    page = client.get(reverse("reader:step", args=[study.token, "close"])).text

    assert "Nobody joined as a reader of blocks 2, 3, so their images are read by nobody." in page
    Study.objects.update(blocks=1)
    assert "Nobody joined" not in client.get(reverse("reader:step", args=[study.token, "close"])).text
