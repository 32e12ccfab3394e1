"""The planning page answers each question, refuses in a sentence at the field, and takes a pilot without keeping it."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reader.models import Study
from reader.stats.planning_simulation import VerdictModel, draw_study
from tests.factories import ResearcherFactory
from tests.reader.played_study import played_study

pytestmark = pytest.mark.django_db
ADDRESS = "/planning/"
NAMES = ("fake", "unsure", "real")


@pytest.fixture
def researcher(client):
    person = ResearcherFactory()
    client.force_login(person)
    return person


@pytest.fixture
def ask(client, researcher):
    """The answer to one question as htmx gets it, without tags and runs of blanks."""

    def answer(question, **fields):
        data = {"question": question, **{f"{question}-{name}": value for name, value in fields.items()}}
        response = client.get(ADDRESS, data, headers={"HX-Request": "true"})
        assert response.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))

    return answer


def pilot_file(n_readers=6, n_images=60):
    """A pilot drawn from a known model, as a CSV."""
    truth = np.arange(n_images) < n_images // 2
    model = VerdictModel(d_prime=1.0, d_prime_sd=0.4, low=-0.2, high=0.2, lean_sd=0.3, alike=0.3)
    codes = draw_study(model, truth, n_readers, np.random.default_rng(2))
    lines = ["image,reader,verdict,truth"]
    for image, row in enumerate(codes):
        origin = "fake" if truth[image] else "real"
        lines += [f"{image},R{reader},{NAMES[code]},{origin}" for reader, code in enumerate(row)]
    return SimpleUploadedFile("pilot.csv", "\n".join(lines).encode())


def test_the_page_answers_with_usual_values_and_without_scripts(client, researcher):
    page = client.get(ADDRESS).content.decode()

    assert "210 images" in page  # one reader, accuracy 0.6: as the published tables have it
    assert "93 images with 6 readers" in page  # kappaSize
    assert "Press “Answer” to draw studies" in page
    drawn = client.get(ADDRESS, {"question": "draw"}).content.decode()
    assert "Monte-Carlo error" in drawn


@pytest.mark.parametrize(("accuracy", "images"), [("0.55", "807"), ("65 %", "97"), ("0,7", "54")])
def test_one_reader_needs_as_many_images_as_published(ask, accuracy, images):
    assert f"{images} images" in ask("one", accuracy=accuracy)


@pytest.mark.parametrize(("readers", "images"), [(2, 225), (3, 131), (5, 97)])
def test_kappa_needs_as_many_images_as_kappasize_says(ask, readers, images):
    assert f"{images} images with {readers} readers" in ask("kappa", most_readers=readers)
    assert f"{images} images" in ask("kappa", most_readers=readers, shares="40 20 40")


def test_kappa_of_many_readers_names_the_smaller_plan(ask):
    assert "plan with the 90 images of 8 readers" in ask("kappa", most_readers=15)


def test_the_images_that_the_grid_names_reach_its_power_and_one_fewer_does_not(ask):
    needed = int(re.search(r"(\d+) images reach 80 %", ask("grid")).group(1))

    assert ask("grid", n_images=needed).lstrip().startswith("80 % power")
    assert ask("grid", n_images=needed - 1).lstrip().startswith("79 % power")


def test_too_few_readers_are_told_that_no_number_of_images_helps(ask):
    said = ask("grid", n_readers=3, reader_sd=0.2)

    assert "No number of images reaches 80 % with 3 readers" in said
    assert "three readers or fewer" in said


def test_a_given_error_takes_the_place_of_the_implied_one(ask):
    assert "one reader&#x27;s error with 100 images is 0.1 (SD)" in ask("grid", error_sd="0.1")


def test_accuracy_among_three_is_tested_against_a_third(ask):
    assert "against 0.333 by guessing" in ask("grid", figure="accuracy", expected="0.5", among=3)


def test_a_simulation_says_how_many_studies_and_gives_the_same_again(ask):
    said = ask("draw", n_readers=4, fakes=10, reals=10)

    assert re.search(r"\d+ studies drawn, seed 4: Monte-Carlo error \d\.\d points", said)
    assert said == ask("draw", n_readers=4, fakes=10, reals=10)


@pytest.mark.parametrize(
    ("question", "fields", "sentence"),
    [
        ("one", {"accuracy": "0.51"}, "Guessing gives 0.5; give an accuracy 0.02 or more away from it."),
        ("one", {"accuracy": "60"}, "Give 1 or less, such as 0.6 or 60 %."),
        ("one", {"accuracy": "often"}, "Give a number such as 0.6 or 60 %."),
        ("one", {"n_images": "0"}, "greater than or equal to 1"),
        ("kappa", {"shares": "0.4 0.4"}, "The shares sum to 0.8; let them sum to 1, or to 100 %."),
        ("kappa", {"shares": "a b"}, "Give two shares or more, each above 0"),
        ("kappa", {"half_width": "0.4"}, "Give less than 0.3, so that the interval stays within 0 and 1."),
        ("grid", {"expected": "0.5"}, "This is what guessing gives, so there is nothing to find"),
        ("grid", {"n_readers": "1"}, "greater than or equal to 2"),
        ("grid", {"expected": ""}, "This field is required."),
        ("draw", {"low": "1", "high": "0"}, "Give as much as the limit for real, or more."),
        ("draw", {"n_readers": "100", "fakes": "5000"}, "verdicts a study take too long here"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(ask, question, fields, sentence):
    said = ask(question, **fields)

    assert sentence in said
    assert "Correct what is said beside the fields" in said


def test_the_refusal_stands_at_its_field(client, researcher):
    page = client.get(ADDRESS, {"question": "one", "one-accuracy": "60"}).content.decode()

    assert 'id="id_one-accuracy_error">Give 1 or less' in page
    assert 'aria-describedby="id_one-accuracy_error"' in page


def test_every_set_of_numbers_in_range_has_an_answer(ask):
    for fields in (
        {"expected": "0.99", "n_readers": 200, "n_images": 10000, "reader_sd": 0, "correlation": 1},
        {"expected": "0.01", "n_readers": 2, "n_images": 4, "reader_sd": 0.5, "correlation": 0},
        {"figure": "accuracy", "expected": "0.9", "error_sd": 0, "reader_sd": 0},
    ):
        assert "power with" in ask("grid", **fields)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_is_an_svg_of_the_numbers_asked_for(client, researcher, theme):
    one, other = (
        client.get(reverse("reader:plan_power", args=[theme]), {"grid-n_images": images}) for images in (100, 300)
    )

    assert one["Content-Type"] == "image/svg+xml" and b"<svg" in one.content
    assert one.content != other.content
    assert client.get(reverse("reader:plan_power", args=["purple"])).status_code == 404
    assert client.get(reverse("reader:plan_power", args=[theme]), {"grid-expected": "9"}).status_code == 404


def test_a_pilots_file_fills_in_both_models_and_is_not_kept(client, researcher):
    response = client.post(reverse("reader:plan_pilot"), {"file": pilot_file()})
    fields = parse_qs(urlsplit(response.url).query)

    assert float(fields["grid-expected"][0]) == pytest.approx(0.74, abs=0.1)  # a d' of 1 and some unsure
    assert float(fields["draw-d_prime"][0]) == pytest.approx(1.0, abs=0.4)
    page = client.get(response.url).content.decode()
    assert "Fitted to a pilot of 6 readers on 60 images" in page
    assert f'value="{fields["grid-reader_sd"][0]}"' in page


def test_a_pilots_study_fills_in_only_for_those_who_may_see_it(client, researcher):
    study = played_study()
    assert client.post(reverse("reader:plan_pilot"), {"study": study.token}).status_code == 400
    client.force_login(study.created_by)

    assert client.post(reverse("reader:plan_pilot"), {"study": study.token}).status_code == 302
    # Two readers on nine images: no spread to be seen, and no plan to be made as if there were none.
    assert "plan with 0.05 or more" in client.get(ADDRESS).content.decode()


def test_a_blind_study_is_no_pilot(client):
    study = played_study(Study.State.CLOSED)
    client.force_login(study.created_by)

    assert study.title not in client.get(ADDRESS).content.decode()
    assert client.post(reverse("reader:plan_pilot"), {"study": study.token}).status_code == 400


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"image,reader,verdict\n1,A,fake\n", "it needs the truth of every image"),
        (b"image,reader,verdict,truth\n1,A,fake,fake\n2,A,real,real\n", "a pilot needs at least two readers"),
        (b"image,reader,verdict,truth\n1,A,false,fake\n", "Line 2: “false” is none of"),
        (b"\x89PNG\xff\xfe", "no text in UTF-8"),
    ],
)
def test_a_pilot_that_cannot_be_used_is_refused_in_a_sentence(client, researcher, text, sentence):
    response = client.post(reverse("reader:plan_pilot"), {"file": SimpleUploadedFile("pilot.csv", text)})

    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_a_pilot_is_a_study_or_a_file(client, researcher):
    response = client.post(reverse("reader:plan_pilot"))

    assert "Choose a study or a file, one of the two." in response.content.decode()


def test_a_question_that_is_none_is_not_found(client, researcher):
    assert client.get(ADDRESS, {"question": "luck"}, headers={"HX-Request": "true"}).status_code == 404
