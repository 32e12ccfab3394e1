"""The gallery: every generated image can be found, decided on and compared, and what was rejected is counted."""

import numpy as np
import pytest

from lungstudy.audit.models import Event
from lungstudy.library.actions.masks import store_mask
from lungstudy.library.models import Image, Origin, Provenance
from lungstudy.library.reports.rejects import Rejects
from tests.factories import DatasetFactory, GeneratedImageFactory, ImageFactory, MaskSetFactory, ResearcherFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    client.force_login(ResearcherFactory())
    return client


def drawn(*, seed: int = 1, prompt: str = "normal", finding: str = "", generator: str = "starter", **of_image) -> Image:
    image = ImageFactory(dataset__origin=Origin.SYNTHETIC, finding=finding, **of_image)
    Provenance.objects.create(image=image, generator=generator, prompt=prompt, finding=finding, seed=seed)
    return image


def shown(client, **query) -> list[str]:
    page = client.get("/generation/gallery/", query)
    return sorted(image.provenance.seed for image in page.context["page"])


def test_no_real_image_is_in_the_gallery(signed_in):
    ImageFactory(dataset__origin=Origin.REAL)
    drawn(seed=5)
    assert shown(signed_in) == [5]


def test_an_imported_synthetic_image_without_a_recipe_is_shown(signed_in):
    ImageFactory(dataset__origin=Origin.SYNTHETIC, source_name="other lab.png")
    assert "other lab.png" in signed_in.get("/generation/gallery/").content.decode()


@pytest.mark.parametrize(
    ("query", "seeds"),
    [
        ({"model": "other"}, [3]),
        ({"finding": "effusion"}, [2]),
        ({"prompt": "LEFT"}, [2]),
        ({"seed_from": "2"}, [2, 3]),
        ({"seed_from": "2", "seed_to": "2"}, [2]),
        ({"seed_to": "1"}, [1]),
        ({"flag": "blank"}, [3]),
        ({"flag": "any flag"}, [3]),
        ({"flag": "nothing of ours"}, [1, 2, 3]),
        ({"dataset": "nonsense", "seed_from": "x"}, [1, 2, 3]),
    ],
)
def test_the_filter_narrows_the_gallery(signed_in, query, seeds):
    drawn(seed=1)
    drawn(seed=2, prompt="left effusion", finding="effusion")
    drawn(seed=3, generator="other", flags=[{"code": "blank", "sentence": "It is nearly blank."}])
    assert shown(signed_in, **query) == seeds


def test_a_batch_and_a_data_set_narrow_it_too(signed_in):
    one = GeneratedImageFactory()
    Provenance.objects.create(image=one.image, generator="starter", seed=7)
    drawn(seed=8)
    assert shown(signed_in, batch=str(one.job.batch.token)) == [7]
    assert shown(signed_in, dataset=str(one.image.dataset.token)) == [7]


def test_a_rejected_image_is_excluded_from_every_study_and_counted(signed_in):
    kept, rejected, open_one = (drawn(seed=seed) for seed in (1, 2, 3))
    decide(signed_in, "keep", [kept])
    decide(signed_in, "exclude", [rejected], reason="impossible anatomy", remark="six lobes")
    rejected.refresh_from_db()
    assert rejected.exclusion_reason == "impossible anatomy: six lobes"
    assert set(Image.objects.usable()) == {kept, open_one}
    assert Rejects.of(Image.objects.all()) == Rejects(3, 1, (("impossible anatomy", 1),))
    page = signed_in.get("/generation/gallery/").content.decode()
    assert "1 of 3 generated images rejected (33.3 %): impossible anatomy: 1." in page
    assert shown(signed_in, decision="kept") == [1]
    assert shown(signed_in, decision="rejected") == [2]
    assert shown(signed_in, decision="open") == [3]


def decide(client, decision, images, **more):
    data = {"decision": decision, "image": [str(image.token) for image in images], **more}
    return client.post("/generation/gallery/decide/", data, headers={"accept": "application/json"})


def test_a_selection_is_decided_on_at_once_and_each_image_is_in_the_log(signed_in):
    images = [drawn(seed=seed) for seed in (1, 2, 3)]
    assert decide(signed_in, "exclude", images[:2], reason="looks drawn").json() == {"saved": True, "sentence": ""}
    assert Image.objects.excluded().count() == 2
    assert Event.objects.filter(verb="excluded image").count() == 2
    decide(signed_in, "open", images)
    assert Image.objects.untriaged().count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": "exclude"},
        {"decision": "exclude", "reason": "I do not like it"},
        {"decision": "delete"},
        {"decision": "keep", "image": ["no token"]},
        {"decision": "keep", "image": []},
    ],
)
def test_a_decision_that_says_too_little_changes_nothing(signed_in, wrong):
    image = drawn()
    answer = signed_in.post(
        "/generation/gallery/decide/",
        {"image": [str(image.token)], **wrong},
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 400
    assert not answer.json()["saved"]
    assert Image.objects.untriaged().count() == 1


def test_a_real_image_cannot_be_decided_on_here(signed_in):
    film = ImageFactory(dataset__origin=Origin.REAL)
    decide(signed_in, "exclude", [film], reason="other")
    assert Image.objects.untriaged().get() == film


def test_without_a_script_the_form_comes_back_to_the_page_it_left(signed_in):
    image = drawn()
    data = {"decision": "keep", "image": str(image.token), "next": "/generation/gallery/?page=2"}
    answer = signed_in.post("/generation/gallery/decide/", data)
    assert answer.headers["Location"] == "/generation/gallery/?page=2"
    data["next"] = "https://elsewhere.example/"
    answer = signed_in.post("/generation/gallery/decide/", data)
    assert answer.headers["Location"] == "/generation/gallery/"


def test_a_long_gallery_costs_as_few_questions_as_a_short_one(signed_in, django_assert_max_num_queries):
    dataset = DatasetFactory(origin=Origin.SYNTHETIC)
    for seed in range(70):
        image = ImageFactory(dataset=dataset, file="image.png", thumbnail="image.png")
        Provenance.objects.create(image=image, generator="starter", seed=seed)
    with django_assert_max_num_queries(13):
        page = signed_in.get("/generation/gallery/")
    assert page.content.count(b"gallery-tile") == 60


def test_images_side_by_side_show_what_differs(signed_in):
    one, two = (GeneratedImageFactory(recipe={"seed": seed, "steps": 20, "prompt": "normal"}) for seed in (4, 5))
    tokens = [two.image.token, one.image.token]
    page = signed_in.get("/generation/gallery/compare/", {"image": tokens})
    lines = {line.name: line for line in page.context["lines"]}
    assert lines["seed"].values == (5, 4)
    assert lines["seed"].differs
    assert not lines["steps"].differs
    assert page.content.count(b'class="differs"') == sum(line.differs for line in lines.values())


def test_comparing_fewer_than_two_says_what_to_do(signed_in):
    page = signed_in.get("/generation/gallery/compare/", {"image": ["nonsense", drawn().token]})
    assert "Two to four images can be compared" in page.content.decode()


def test_an_empty_gallery_says_what_to_do(signed_in):
    assert "No generated image yet" in signed_in.get("/generation/gallery/").content.decode()
    assert "matches this filter" in signed_in.get("/generation/gallery/?finding=x").content.decode()


def masked(image, mask_set, score):
    pixels = np.zeros((64, 64), dtype=bool)
    pixels[:32] = True
    return store_mask(mask_set=mask_set, image=image, pixels=pixels, score=score)


def test_a_set_of_masks_narrows_the_gallery_and_its_least_score_further(signed_in):
    hearts, lungs = MaskSetFactory(), MaskSetFactory()
    first, second, _ = drawn(seed=1), drawn(seed=2), drawn(seed=3)
    masked(first, hearts, 0.2)
    masked(second, hearts, 0.9)
    masked(first, lungs, 0.95)

    assert shown(signed_in, masks=hearts.token) == [1, 2]
    assert shown(signed_in, masks=hearts.token, least_score="0.5") == [2]
    assert shown(signed_in, masks=lungs.token, least_score="0.5") == [1]
    assert shown(signed_in, least_score="0.5") == [1, 2, 3]
    assert shown(signed_in, masks=hearts.token, least_score="2") == [1, 2]


def test_each_tile_carries_the_newest_mask_of_the_chosen_set(signed_in):
    hearts, image = MaskSetFactory(), drawn(seed=1)
    version = masked(image, hearts, 0.2)
    words = signed_in.get("/generation/gallery/", {"masks": hearts.token}).content.decode()

    assert f'data-mask="/library/masks/versions/{version.token}.png"' in words
    assert "score 0.20" in words
    assert "data-mask" not in signed_in.get("/generation/gallery/").content.decode()
