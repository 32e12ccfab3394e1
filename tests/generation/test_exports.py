"""Exports: everything about every image, nothing that was rejected, and no more memory than one picture takes."""

import csv
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from PIL import Image as Pillow

from generation.exports.contact_sheet import SIDE, contact_sheet
from generation.models import Adapter, GeneratedImage, GivenPicture
from generation.reports.gallery import generated_images
from lungstudy.audit.models import Event
from lungstudy.library.actions.triage import decide_on_images
from lungstudy.library.exports.zip_stream import Entry, zip_stream
from lungstudy.library.models import Image, Origin, Provenance
from tests.factories import DatasetFactory, GeneratedImageFactory, ImageFactory, JobFactory, ResearcherFactory, grey_png

pytestmark = pytest.mark.django_db
WEIGHTS = "1" * 64


@pytest.fixture
def drawn():
    """Three images of one batch: the last is rejected."""
    dataset = DatasetFactory(name="=drawn", origin=Origin.SYNTHETIC, licence="CC BY 4.0")
    job = JobFactory(batch__dataset=dataset, batch__generator__licence="OpenRAIL", batch__generator__name="lung-model")
    images = []
    for seed in (7, 8, 9):
        recipe = {"seed": seed, "prompt": "=1+1 effusion", "model": "lung-model", "weights_sha256": WEIGHTS}
        made = GeneratedImageFactory(
            job=job, index=seed, recipe=recipe, recipe_sha256=f"{seed:064x}", versions={"torch": "2.13.0"},
            image__finding="effusion", image__seed=seed,
        )  # fmt: skip
        Provenance.objects.create(image=made.image, generator="lung-model", prompt="=1+1 effusion", seed=seed)
        images.append(made.image)
    decide_on_images(images=images[2:], decision="exclude", reason="looks drawn: too smooth", by=ResearcherFactory())
    return dataset


def fetched(client, dataset, **query) -> zipfile.ZipFile:
    client.force_login(ResearcherFactory())
    answer = client.get(f"/generation/export/{dataset.token}/zip/", query)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="drawn.zip"'
    package = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert package.testzip() is None
    return package


def rows(package, name) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(package.read(name).decode())))


def test_the_plain_layout_holds_pictures_table_recipes_and_card(client, drawn):
    package = fetched(client, drawn)
    assert package.namelist() == [
        "images/000001.png",
        "images/000002.png",
        "metadata.csv",
        "recipes.jsonl",
        "README.md",
    ]
    assert package.read("images/000002.png") == grey_png(8)
    table = rows(package, "metadata.csv")
    assert [row["file_name"] for row in table] == ["images/000001.png", "images/000002.png"]
    assert [row["seed"] for row in table] == ["7", "8"]
    assert (table[0]["model"], table[0]["weights_sha256"], table[0]["decision"]) == ("lung-model", WEIGHTS, "undecided")
    assert table[0]["prompt"] == "'=1+1 effusion"  # no spreadsheet runs it
    recipes = [json.loads(line) for line in package.read("recipes.jsonl").splitlines()]
    assert recipes[1]["recipe"]["prompt"] == "=1+1 effusion"
    assert recipes[1]["recipe_sha256"] == f"{8:064x}"
    assert Event.objects.get(verb="exported a data set").detail == {"layout": "plain", "images": 2}


def test_the_card_says_what_was_rejected_and_why_and_under_which_licence(client, drawn):
    card = fetched(client, drawn).read("README.md").decode()
    assert "1 of 3 generated images were rejected (looks drawn: 1)." in card
    assert "The rejected ones are not in this export." in card
    assert f"- lung-model: weights SHA-256 {WEIGHTS}; licence: OpenRAIL" in card
    assert "Licence: CC BY 4.0" in card
    assert "| effusion | 2 |" in card
    assert "phantoms" not in card


def card_of(client, dataset, **query) -> str:
    return fetched(client, dataset, **query).read("README.md").decode()


def test_phantoms_are_called_phantoms_and_show_no_patient(client, drawn):
    drawn.phantoms = True
    drawn.save()
    card = card_of(client, drawn, layout="imagefolder")
    assert "These are computer-drawn phantoms" in card
    assert "They show no patient" in card
    assert '"phantom"' in card


def test_a_model_of_phantoms_makes_no_phantoms_of_what_else_went_into_a_set(client, drawn):
    drawn.batches.get().generator.__class__.objects.update(phantoms=True)
    card = card_of(client, drawn, layout="imagefolder")
    assert "computer-drawn phantoms" not in card
    assert '"phantom"' not in card
    assert "licence: OpenRAIL; trained on phantoms only" in card


def test_images_of_a_model_that_may_have_seen_patients_are_not_said_to_show_none(client, drawn):
    card = card_of(client, drawn)
    assert "- 2 drawn from noise: no film is behind any single one, but the models" in card
    assert "may have learned from patients' films" in card
    assert "no patient" not in card.lower()


START, MASK = "5" * 64, "6" * 64


def changed_of(dataset, source, *, mask: str = MASK) -> GeneratedImage:
    """An image of the data set that is a change of `source`."""
    for sha256, kind, of in ((START, "image", source), (MASK, "mask", None)):
        known = {"kind": kind, "source": of, "file": ContentFile(grey_png(1), name="given.png")}
        GivenPicture.objects.get_or_create(sha256=sha256, defaults=known)
    start = {"image_sha256": START, "strength": 0.7, "mask_sha256": mask, "feather": 0}
    of_batch = start | ({"source": str(source.token)} if source else {})
    adapter = {"kind": "lora", "name": "soft", "sha256": "7" * 64, "scale": 0.5}
    job = JobFactory(batch__dataset=dataset, batch__start=of_batch)
    return GeneratedImageFactory(
        job=job, recipe={"seed": 1, "start": start, "adapters": [adapter]},
        image__patient_key=source.patient_key if source else "", image__seed=70,
    )  # fmt: skip


def test_changes_of_patients_films_are_said_to_show_them_and_the_films_are_named_but_not_contained(client, drawn):
    films = DatasetFactory(name="Films", licence="CC BY-NC 4.0")
    changed_of(drawn, ImageFactory(dataset=films, patient_key="P7", pixel_sha256="8" * 64))
    package = fetched(client, drawn)
    card = package.read("README.md").decode()
    assert "- **1 changed from another image.** Outside of its mask such an image keeps every pixel" in card
    assert "**1 of the start images show patients**, in “Films” (CC BY-NC 4.0)" in card
    assert "no patient" not in card.lower()
    image, mask = rows(package, "given.csv")
    assert (image["sha256"], image["file"], image["data_set"], image["phantom"]) == (START, "", "Films", "no")
    assert (image["patient_key"], image["source_pixel_sha256"]) == ("P7", "8" * 64)
    assert (mask["kind"], mask["sha256"], mask["file"]) == ("mask", MASK, f"given/{MASK}.png")
    assert [name for name in package.namelist() if name.startswith("given")] == [f"given/{MASK}.png", "given.csv"]
    assert package.read(f"given/{MASK}.png") == grey_png(1)
    assert [row["patient_key"] for row in rows(package, "metadata.csv")][-1] == "P7"


def test_start_images_that_are_phantoms_are_contained(client, drawn):
    changed_of(drawn, ImageFactory(dataset__phantoms=True), mask="")
    package = fetched(client, drawn)
    assert [row["file"] for row in rows(package, "given.csv")] == [f"given/{START}.png"]
    assert package.read(f"given/{START}.png") == grey_png(1)
    assert "1 of the start images are phantoms." in package.read("README.md").decode()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({}, "came as files, and nobody here knows whom they show"),
        ({"dataset__origin": Origin.SYNTHETIC, "patient_key": ""}, "are synthetic themselves, in “Drawn before”"),
        ({"dataset__origin": Origin.SYNTHETIC, "patient_key": "P7"}, "show patients**, in “Drawn before”"),
    ],
)
def test_whom_the_start_images_show_is_said_as_far_as_it_is_known(client, drawn, source, sentence):
    changed_of(drawn, ImageFactory(dataset__name="Drawn before", **source) if source else None)
    card = card_of(client, drawn)
    assert f"1 of the start images {sentence}" in card
    assert f"given/{START}.png" not in fetched(client, drawn).namelist()


def test_embeddings_and_loras_are_named_with_hash_and_licence(client, drawn):
    changed_of(drawn, None)
    assert f"- LoRA soft: SHA-256 {'7' * 64}; licence: not stated" in card_of(client, drawn)
    known = {"kind": "lora", "name": "soft", "sha256": "7" * 64, "licence": "CC BY 4.0"}
    Adapter.objects.create(generator=drawn.batches.last().generator, **known)
    assert f"- LoRA soft: SHA-256 {'7' * 64}; licence: CC BY 4.0" in card_of(client, drawn)


def test_a_set_without_changes_and_adapters_says_nothing_of_them(client, drawn):
    package = fetched(client, drawn)
    assert not [name for name in package.namelist() if name.startswith("given")]
    assert "given" not in package.read("README.md").decode()
    assert "LoRAs\n" not in package.read("README.md").decode()


def test_the_pages_of_a_changed_image_show_what_it_was_changed_from(client, drawn):
    film = ImageFactory(patient_key="P7")
    token = changed_of(drawn, film).image.token
    client.force_login(ResearcherFactory())
    for address in (f"/generation/images/{token}/", f"/images/{token}/"):
        page = client.get(address).content.decode()
        assert f"/generation/given/{START}.png" in page
        assert f"/generation/given/{MASK}.png" in page
        assert f"/images/{film.token}/" in page
    assert b"".join(client.get(f"/generation/given/{MASK}.png").streaming_content) == grey_png(1)


def test_hugging_faces_layout_has_a_header_and_the_table_beside_the_pictures(client, drawn):
    package = fetched(client, drawn, layout="imagefolder", rejected="on")
    assert package.namelist()[:4] == [*(f"train/00000{n}.png" for n in (1, 2, 3)), "train/metadata.csv"]
    table = rows(package, "train/metadata.csv")
    assert [row["file_name"] for row in table] == ["000001.png", "000002.png", "000003.png"]
    assert [row["decision"] for row in table] == ["undecided", "undecided", "rejected"]
    assert table[2]["reason"] == "looks drawn: too smooth"
    header = package.read("README.md").decode().split("---")[1]
    assert 'pretty_name: "=drawn"' in header
    assert '"path": "train/*"' in header


def test_a_missing_picture_is_left_out_and_said(client, drawn):
    Image.objects.order_by("pk").first().file.delete(save=False)
    package = fetched(client, drawn)
    assert [row["file_name"] for row in rows(package, "metadata.csv")] == ["images/000002.png"]
    assert "1 could not be found in the site's store" in package.read("README.md").decode()


def test_imported_synthetic_images_are_exported_with_what_is_known(client):
    dataset = DatasetFactory(name="drawn", origin=Origin.SYNTHETIC)
    ImageFactory(dataset=dataset, finding="nodule", pixel_sha256="a" * 64)
    package = fetched(client, dataset)
    assert package.read("recipes.jsonl") == b""
    assert rows(package, "metadata.csv")[0]["finding"] == "nodule"
    assert "- 1 imported as synthetic: how they were made" in package.read("README.md").decode()
    assert "not known: the images were imported" in package.read("README.md").decode()


def test_films_of_patients_are_not_exported_here(client):
    client.force_login(ResearcherFactory())
    films = DatasetFactory(origin=Origin.REAL)
    assert client.get(f"/generation/export/{films.token}/").status_code == 404
    assert client.get(f"/generation/export/{films.token}/zip/").status_code == 404


def test_what_waits_in_memory_does_not_grow_with_the_number_of_files():
    picture = bytes(10_000)
    sizes = [len(part) for part in zip_stream(Entry(f"{n}.png", [picture]) for n in range(300))]
    assert max(sizes[:-1]) < 2 * len(picture)
    assert sizes[-1] < 300 * 200  # the directory at the end


def test_the_page_says_what_is_in_an_export(client, drawn):
    client.force_login(ResearcherFactory())
    page = client.get(f"/generation/export/{drawn.token}/").content.decode()
    assert "1 of 3 generated images rejected" in page
    assert "With the 1 rejected image," in page


def test_the_command_writes_a_folder_or_a_zip(drawn, tmp_path):
    call_command("export_dataset", dataset="=drawn", layout="imagefolder", out=tmp_path / "set")
    call_command("export_dataset", dataset="=drawn", out=tmp_path / "set.zip")
    assert (tmp_path / "set/train/000001.png").read_bytes() == grey_png(7)
    assert "metadata.csv" in zipfile.ZipFile(tmp_path / "set.zip").namelist()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("export_dataset", dataset="=drawn", out=tmp_path / "set")
    with pytest.raises(CommandError, match="No synthetic data set is called"):
        call_command("export_dataset", dataset="films", out=tmp_path / "other")


def test_a_contact_sheet_shows_each_image_and_pales_what_is_rejected(drawn):
    images = list(generated_images().order_by("pk"))
    sheet = Pillow.open(io.BytesIO(contact_sheet(images, "Generated images: 3")))
    assert sheet.width > 3 * SIDE
    squares = [sheet.crop((12 + at * 172, 44, 12 + at * 172 + SIDE, 44 + SIDE)) for at in range(3)]
    means = [sum(square.histogram()[grey] * grey for grey in range(256)) / SIDE**2 for square in squares]
    assert means[0] == pytest.approx(128, abs=8)
    assert means[2] > 180


def test_the_gallerys_selection_or_filter_becomes_a_sheet(client, drawn):
    client.force_login(ResearcherFactory())
    one = Image.objects.order_by("pk").first()
    selected = client.post("/generation/gallery/contact-sheet/", {"image": [one.token]})
    everything = client.get("/generation/gallery/contact-sheet/", {"seed_to": 8})
    sizes = [Pillow.open(io.BytesIO(answer.content)).size for answer in (selected, everything)]
    assert sizes[0] == sizes[1]  # four columns at least
    assert selected.content != everything.content
