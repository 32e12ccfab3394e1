"""Real films, DICOMs and awkward files through the whole importer; skipped where they are not at hand."""

import csv
from itertools import islice

import pydicom
import pytest
from django.core import serializers

from lungstudy.jobs.models import JobState
from lungstudy.library.models import Image, Modality
from tests.factories import DatasetFactory
from tests.library.test_importing import problems, start, work
from tests.library.test_storing import files_below, media  # noqa: F401 - a fixture

pytestmark = [pytest.mark.films, pytest.mark.django_db, pytest.mark.usefixtures("media")]
MUST_BE_REFUSED = {
    "bad_crc.png", "bomb_30000.png", "empty.png", "html_named.jpg", "text_named.png", "truncated.jpg",
}  # fmt: skip
IDENTIFYING = ("PatientName", "PatientID", "PatientBirthDate", "InstitutionName", "ReferringPhysicianName")


@pytest.fixture
def cxr(shared):
    return shared / "data" / "cxr"


def linked(folder, paths):
    """A folder that holds only these files, without copying them."""
    folder.mkdir()
    for path in paths:
        (folder / path.name).symlink_to(path)
    return folder


def test_films_come_in_with_what_their_csv_says(cxr, tmp_path):
    with (cxr / "metadata.csv").open(newline="") as file:
        rows = {row["file"].removeprefix("images/"): row for row in islice(csv.DictReader(file), 24)}
    films = linked(tmp_path / "films", [cxr / "images" / name for name in rows])
    run = work(start(films, metadata_csv=cxr / "metadata.csv"))

    assert (run.state, run.added, run.total) == (JobState.DONE, 24, 24)
    for image in run.images.all():
        row = rows[image.source_name]
        assert (image.finding, image.view, image.patient_key) == (row["finding"], row["view"], row["patient_key"])
        assert (str(image.width), str(image.height)) == (row["width"], row["height"])
    assert run.problems.count() == 492 - 24


def test_every_awkward_file_is_stored_or_named_and_none_stops_the_rest(cxr):
    derived = cxr / "originals" / "derived"
    run = work(start(derived))
    stored = set(run.images.values_list("source_name", flat=True))
    refused = {name for name, reason in problems(run).items() if "stored once" not in reason}

    assert run.state == JobState.DONE
    assert refused >= MUST_BE_REFUSED
    assert stored.isdisjoint(refused)
    assert len(stored) + len(problems(run)) == len(list(derived.iterdir())) == 37
    assert "The same file as “gray16_full.png”; stored once." in problems(run)["naïve näme with spaces (1).png"]
    assert all(reason.endswith(".") for reason in problems(run).values())


def test_no_identifying_value_of_a_dicom_survives_in_the_database_or_on_disk(cxr, media, tmp_path):  # noqa: F811
    paths = [*(cxr / "dicom").glob("derived_dx_*"), cxr / "dicom" / "nih_dx_8bit_implicit.dcm"]
    values = {
        str(value).encode()
        for path in paths
        for tag in IDENTIFYING
        if len(str(value := pydicom.dcmread(path, force=True, stop_before_pixels=True).get(tag, ""))) > 3
    }
    run = work(start(linked(tmp_path / "dicom", paths)))
    kept = serializers.serialize("json", Image.objects.all(), ensure_ascii=False).encode()
    kept += "\n".join(problems(run).values()).encode()
    kept += b"".join(path.read_bytes() for path in files_below(media))

    assert len(values) > 5
    assert [value for value in values if value in kept] == []
    assert run.images.filter(patient_key__startswith="dicom-").exists()
    assert "PatientName" in Image.objects.get(source_name="nih_dx_8bit_implicit.dcm").removed_tags


def test_every_dicom_is_stored_or_named_and_slices_are_flagged_among_films(cxr):
    run = work(start(cxr / "dicom"))
    flagged = set(run.images.with_flag("modality").values_list("source_name", flat=True))

    assert run.added + run.problems.count() == run.total == 41
    assert {"derived_dx_truncated.dcm", "pydicom_structured_report.dcm", "index.csv"} <= set(problems(run))
    assert {"wg04_ct1_chest_rle", "tcia_nysbu_chest_ct_a.dcm", "barre_ct_scout_jpeglossless.dcm"} <= flagged


def test_ct_slices_are_read_in_the_window_that_was_asked_for(cxr, tmp_path):
    slices = linked(tmp_path / "ct", [cxr / "dicom" / "tcia_nysbu_chest_ct_a.dcm"])
    lung, soft = (start(slices, DatasetFactory(modality=Modality.CT)) for _ in range(2))
    type(soft).objects.filter(pk=soft.pk).update(window="40,400")
    lung, soft = work(lung).images.get(), work(soft).images.get()

    assert lung.pixel_sha256 != soft.pixel_sha256
    assert "-600" in lung.window
    assert "40" in soft.window


def test_a_slice_that_comes_twice_is_named(cxr):
    run = work(start(cxr / "negatives"))
    assert run.added == 18
    assert problems(run)["neg_19.png"] == "The same file as “neg_18.png”; stored once."
