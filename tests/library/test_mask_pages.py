"""The pages about masks: lists, the grid of one set, decisions, the import, and the overlay on an image's page."""

import io
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from lungstudy.audit.models import Event
from lungstudy.library.actions.correcting import correct_mask
from lungstudy.library.models import Mask, MaskSet
from tests.factories import DatasetFactory, ImageFactory, ResearcherFactory
from tests.library.masks import box, mask_set, png, stored_mask, zip_of
from tests.library.test_storing import media  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
HERE = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def page(client, settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    client.force_login(ResearcherFactory())
    return client


@pytest.fixture
def scored():
    """One set with scores .2, .9, none, .5."""
    within = mask_set()
    return [stored_mask(within=within, score=score) for score in (0.2, 0.9, None, 0.5)]


def shown(page, masks, **query):
    response = page.get(reverse("library:mask_set", args=[masks[0].mask_set.token]), query)
    return [mask.score for mask in response.context["page"]]


def test_an_empty_list_says_what_to_do(page):
    body = page.get(reverse("library:mask_sets")).content.decode()
    assert "No masks yet" in body
    assert reverse("library:mask_import") in body


def test_the_list_names_structure_definition_source_and_counts(page, scored):
    body = page.get(reverse("library:mask_sets")).content.decode()
    for words in ("Lungs by hand", "Lung behind the heart inside the outline", "Drawn by people", ">4<", "0.53"):
        assert words in body


def test_the_most_doubtful_masks_come_first_and_a_least_score_leaves_them_out(page, scored):
    assert shown(page, scored) == [0.2, 0.5, 0.9, None]
    assert shown(page, scored, least="0.5") == [0.5, 0.9, None]
    assert shown(page, scored, least="much", state="nonsense") == [0.2, 0.5, 0.9, None]


def test_one_mask_is_rejected_and_kept_again_with_counts(page, scored):
    url = reverse("library:decide_mask", args=[scored[0].token])
    tile = page.post(url, {"decision": "reject"}, **HERE).content.decode()
    assert "is-rejected" in tile
    assert "4 masks, 1 rejected" in tile
    assert shown(page, scored, state="rejected") == [0.2]
    assert shown(page, scored, state="kept") == [0.5, 0.9, None]
    assert page.post(url, {"decision": "keep"}).url == reverse("library:mask_set", args=[scored[0].mask_set.token])
    assert shown(page, scored, state="rejected") == []
    assert list(Event.objects.filter(target_type="library.Mask").values_list("verb", flat=True).order_by("pk")) == [
        "rejected mask", "kept mask",
    ]  # fmt: skip


def test_all_with_a_lower_score_are_rejected_at_once(page, scored):
    url = reverse("library:reject_low_scores", args=[scored[0].mask_set.token])
    assert b"Reject the 2 with a lower score" in page.get(
        reverse("library:mask_set", args=[scored[0].mask_set.token]), {"least": "0.6"}
    ).content  # fmt: skip
    assert b"2 masks rejected." in page.post(url, {"least": "0.6"}, follow=True).content
    assert set(Mask.objects.rejected().values_list("score", flat=True)) == {0.2, 0.5}
    assert b"between 0 and 1" in page.post(url, {"least": "7"}, follow=True).content


def test_an_images_page_has_a_switch_for_each_of_its_masks(page, scored):
    image = scored[0].image
    stored_mask(image=image, within=mask_set(name="Another set"), inside=box(20))
    body = page.get(reverse("site:image", args=[image.token])).content.decode()
    assert body.count('type="checkbox"') == 2
    for mask in image.masks.all():
        assert reverse("library:mask_version", args=[mask.newest.token]) in body
    assert "masks-over" not in page.get(reverse("site:image", args=[ImageFactory().token])).content.decode()


def test_the_editor_and_the_images_page_show_all_that_is_known_of_a_masks_worth(page):
    levels = (np.arange(4096) % 256).astype(np.uint8).reshape(64, 64)
    mask = stored_mask(score=0.81, entropy=0.1234, agreement=0.93, probability=levels)
    address = reverse("library:mask_probability", args=[mask.newest.token])
    editor = page.get(reverse("library:correct_mask", args=[mask.token])).content.decode()
    image = page.get(reverse("site:image", args=[mask.image.token])).content.decode()

    assert "0.123 bits, mean over pixels" in editor
    assert "0.93, Dice with a net that never saw this image" in editor
    assert f'src="{address}"' in editor
    assert 'entropy <span class="tabular">0.123</span> bits' in image
    assert 'agreement <span class="tabular">0.93</span>' in image
    assert f'href="{address}"' in image
    with Image.open(io.BytesIO(page.get(address).getvalue())) as picture:
        assert (np.asarray(picture) == levels).all()


def test_a_corrections_page_says_that_the_score_is_of_the_first_version(page):
    mask = stored_mask(score=0.81, probability=np.zeros((64, 64), np.uint8))
    correct_mask(mask=mask, pixels=box(5), based_on=1, request_key=uuid4(), by=ResearcherFactory(), comment="")
    first = mask.versions.get(number=1)
    words = page.get(reverse("library:correct_mask", args=[mask.token])).content.decode()

    assert "All of version 1; a correction is not scored." in words
    assert reverse("library:mask_probability", args=[first.token]) in words
    newest = mask.versions.get(number=2)
    assert page.get(reverse("library:mask_probability", args=[newest.token])).status_code == 404


def test_masks_by_people_show_no_worth(page):
    mask = stored_mask()
    assert "What the method says" not in page.get(reverse("library:correct_mask", args=[mask.token])).content.decode()


def test_the_set_pages_questions_do_not_grow_with_its_masks(page, scored, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        shown(page, scored)
    for _ in range(6):
        stored_mask(within=scored[0].mask_set)
    with django_assert_max_num_queries(14):
        shown(page, scored)


def send(page, files, **fields):
    film = ImageFactory(source_name="a.png").dataset if "dataset" not in fields else fields.pop("dataset")
    said = {
        "dataset": film.pk,
        "name": "Hand",
        "structure": "lungs",
        "definition": "heart_inside",
        "drawn_by": "people",
    }
    return page.post(reverse("library:mask_import"), {**said, **fields, **files})


def upload(name, content):
    return SimpleUploadedFile(name, content)


def test_a_zip_of_masks_is_imported_and_leaves_no_copy(page, settings):
    package = upload("masks.zip", zip_of({"a.png": png(box()), "z.png": png(box())}))
    body = send(page, {"images": package}).content.decode()
    assert "1 added, 0 already there, 1 not imported" in body
    assert "No image of the data set is named “z.png”." in body
    assert MaskSet.objects.get().created_by is not None
    assert not settings.UPLOADS.exists() or list(settings.UPLOADS.iterdir()) == []


def test_a_csv_comes_along_and_its_rows_are_chosen(page):
    dataset = DatasetFactory()
    for name in ("a.png", "b.png"):
        ImageFactory(dataset=dataset, source_name=name)
    package = upload("masks.zip", zip_of({"1.png": png(box()), "2.png": png(box())}))
    table = upload("t.csv", b"file,mask_file,by\na.png,1.png,v7 (human)\nb.png,2.png,model\n")
    body = send(page, {"images": package, "metadata": table}, dataset=dataset, column="by", pattern="v7*").content
    assert b"1 added, 0 already there, 0 not imported" in body


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"definition": ""}, "This field is required"),
        ({"definition": "not_applicable"}, "say whether the heart is inside or outside"),
        ({"column": "by", "pattern": "v7*"}, "Rows are chosen from a CSV"),
        ({"column": "by"}, "Give the column and what stands in it"),
        ({"images": []}, "Choose files"),
    ],
)
def test_a_form_that_says_too_little_imports_nothing(page, fields, words):
    files = {"images": fields.pop("images", [upload("a.png", png(box()))])}
    assert words in send(page, files, **fields).content.decode()
    assert not MaskSet.objects.exists()


def test_an_import_says_plainly_that_a_definition_is_unstated(page):
    film = ImageFactory(source_name="a.png").dataset
    for definition, said in (("unstated", True), ("heart_inside", False)):
        masks = {"images": [upload("a.png", png(box()))]}
        body = send(page, masks, dataset=film, name=definition, definition=definition).content.decode()
        assert ("The definition of “unstated” is unstated" in body) is said


def test_an_import_that_is_refused_as_a_whole_says_why(page):
    mask_set(name="Hand", definition="heart_outside")
    body = send(page, {"images": [upload("a.png", png(box()))]}).content.decode()
    assert "Masks of another structure, definition or source need a set with another name." in body
    assert not Mask.objects.exists()


def test_a_name_that_its_definition_makes_too_long_is_refused_with_how_long_it_may_be(page):
    table = upload("t.csv", b"image,mask,definition\na.png,a.png,heart outside\n")
    body = send(page, {"images": [upload("a.png", png(box()))], "metadata": table}, name="n" * 110).content.decode()
    assert "The name of a set of masks has 1 to 120 characters" in body
    assert not MaskSet.objects.exists()


def test_a_request_from_another_site_imports_nothing(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    client = Client(enforce_csrf_checks=True)
    client.force_login(ResearcherFactory())
    assert send(client, {"images": [upload("a.png", png(box()))]}).status_code == 403
    assert not Mask.objects.exists()
    assert not settings.UPLOADS.exists() or list(settings.UPLOADS.iterdir()) == []
