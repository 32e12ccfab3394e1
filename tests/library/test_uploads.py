"""The import page: files stream to disk, the form is checked, and a run is queued."""

import shutil
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lungstudy.library.models import Dataset, ImportRun
from lungstudy.library.tasks import run_import
from tests.factories import DatasetFactory, ResearcherFactory, grey_png

pytestmark = pytest.mark.django_db
NEW = {
    "name": "Films", "origin": "real", "modality": "radiograph", "licence": "CC BY 4.0", "citation": "A. 2026",
    "window": "lung",
}  # fmt: skip


@pytest.fixture
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS


@pytest.fixture
def page(client, uploads):
    client.force_login(ResearcherFactory())
    return client


def film(name, seed=0):
    return SimpleUploadedFile(name, grey_png(seed, 96))


def send(client, *images, metadata=None, **fields):
    files = {"images": list(images), **({"metadata": metadata} if metadata else {})}
    return client.post(reverse("library:import"), {**NEW, **fields, **files})


def sentences(response):
    form = response.context["form"]
    return [sentence for problems in form.errors.values() for sentence in problems]


def test_uploaded_films_become_a_data_set_and_leave_no_copy(page, uploads):
    response = send(page, film("a.png", 1), film("b.png", 2))
    run = ImportRun.objects.get()
    assert response.url == reverse("library:import_run", args=[run.token])
    assert sorted(path.name for path in Path(run.source).iterdir()) == ["a.png", "b.png"]

    run_import(run.pk)
    dataset = Dataset.objects.get()
    assert (dataset.name, dataset.licence, dataset.images.count()) == ("Films", "CC BY 4.0", 2)
    assert list(uploads.iterdir()) == []
    assert b"Done" in page.get(response.url).content


def test_one_uploaded_zip_is_the_source_itself(page):
    send(page, film("films.zip"))
    assert ImportRun.objects.get().source.endswith("/films.zip")


def test_a_csv_comes_along(page):
    csv = SimpleUploadedFile("any name.csv", b"file,finding\na.png,mass\n")
    send(page, film("a.png"), metadata=csv)
    run_import(ImportRun.objects.get().pk)
    assert Dataset.objects.get().images.get().finding == "mass"


def test_files_of_one_name_from_two_folders_are_both_kept(page):
    send(page, film("a.png", 1), film("a.png", 2))
    names = sorted(path.name for path in Path(ImportRun.objects.get().source).iterdir())
    assert names == ["a (2).png", "a.png"]


def test_a_name_that_climbs_out_stays_inside_the_upload(page, uploads):
    film_outside = film("x.png")
    film_outside._name = "../../../evil.png"
    send(page, film_outside)
    assert [path.name for path in uploads.parent.rglob("*.png")] == ["evil.png"]
    assert Path(ImportRun.objects.get().source).is_relative_to(uploads)


def test_images_go_into_a_data_set_that_is_there(page):
    dataset = DatasetFactory()
    send(page, film("a.png"), dataset=dataset.pk, name="", licence="", citation="")
    assert ImportRun.objects.get().dataset == dataset


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"licence": ""}, "A new data set needs this."),
        ({"citation": " "}, "A new data set needs this."),
        ({"window": "bright"}, "is no grey window"),
        ({"folder": "/somewhere"}, "There is nothing at this path. Check its spelling."),
        ({"folder": "films"}, "Give the whole path, from the root of the disk on."),
        ({"metadata": SimpleUploadedFile("m.csv", b"picture,finding\n")}, "no column “file”. Found: picture, finding."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(page, uploads, changes, sentence):
    response = send(page, film("a.png"), **changes)

    assert any(sentence in each for each in sentences(response))
    assert not Dataset.objects.exists()
    assert not uploads.exists() or list(uploads.iterdir()) == []


def test_neither_files_nor_a_folder_is_said(page):
    assert sentences(send(page)) == ["Choose files, or name a folder."]


def test_a_folder_of_this_computer_is_read_in_place(page, tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "a.png").write_bytes(grey_png(1, 96))
    send(page, folder=str(folder))
    run_import(ImportRun.objects.get().pk)

    assert Dataset.objects.get().images.count() == 1
    assert (folder / "a.png").exists()


def test_a_server_for_many_offers_no_folders_and_reads_none(page, settings, tmp_path):
    settings.EMBEDDED = False
    assert b"id_folder" not in page.get(reverse("library:import")).content
    assert sentences(send(page, folder=str(tmp_path))) == ["Choose the files to import."]


def test_too_many_files_at_once_are_refused_with_the_way_out(page, settings, uploads):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2
    response = page.post(
        reverse("library:import"), {**NEW, "images": [film(f"{n}.png") for n in range(3)]}, follow=True
    )

    assert b"More than 2 files were sent at once. Put them into a zip" in response.content
    assert not uploads.exists() or list(uploads.iterdir()) == []


def test_a_request_from_another_site_starts_nothing_and_leaves_nothing(uploads):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ResearcherFactory())
    response = send(client, film("a.png"))

    assert response.status_code == 403
    assert not ImportRun.objects.exists()
    assert not uploads.exists() or list(uploads.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Only Linux has a device that is always full.")
def test_a_disk_that_fills_up_while_files_arrive_is_said(page, uploads, monkeypatch):
    """Every file is written to the device that is always full."""
    monkeypatch.setattr("lungstudy.library.views.uploading._free_path", lambda folder, name: Path("/dev/full"))
    monkeypatch.setattr("lungstudy.library.views.uploading.WRITE_NEW", "wb")
    response = send(page, film("a.png"))

    assert sentences(response) == [
        "The site's disk is full, so nothing was imported. Free some space, then send the files again."
    ]
    assert not Dataset.objects.exists()


def test_a_run_can_be_cancelled_while_it_waits_and_its_upload_goes(page, uploads, django_capture_on_commit_callbacks):
    response = send(page, film("a.png"))
    run = ImportRun.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        page.post(reverse("library:cancel_import", args=[run.token]))
    run.refresh_from_db()

    assert run.state == "cancelled"
    assert list(uploads.iterdir()) == []
    assert b"every 2s" not in page.get(response.url).content


def test_the_page_asks_again_only_while_the_run_goes_on(page):
    response = send(page, film("a.png"))
    assert b"every 2s" in page.get(response.url).content
    run_import(ImportRun.objects.get().pk)
    assert b"every 2s" not in page.get(response.url).content


def test_a_failed_run_is_tried_again(page, tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    send(page, folder=str(folder))
    run = ImportRun.objects.get()
    shutil.rmtree(folder)
    run_import(run.pk)
    assert b"Try again" in page.get(reverse("library:import_run", args=[run.token])).content

    folder.mkdir()
    page.post(reverse("library:retry_import", args=[run.token]))
    run_import(run.pk)
    run.refresh_from_db()
    assert run.state == "done"
