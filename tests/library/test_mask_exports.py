"""Sets of masks as files: another library reads back each format, and each says what was outlined and how."""

import csv
import gzip
import io
import json
import zipfile

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
from django.urls import reverse
from PIL import Image as Pillow
from pycocotools.coco import COCO

from generation.actions.mask_run_running import run_masks
from lungstudy.audit.models import Event
from lungstudy.library.actions.correcting import correct_mask
from lungstudy.library.actions.mask_decisions import reject_mask
from lungstudy.library.actions.mask_import import MaskOrder, import_masks
from lungstudy.library.actions.triage import exclude_image
from lungstudy.library.models import Definition, Mask, MaskSource
from tests.factories import DatasetFactory, ImageFactory, ResearcherFactory
from tests.generation.mask_scenes import drawn_batch, queued
from tests.library.masks import box, described, folder_of, mask_set, stored_mask
from tests.library.test_storing import media  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
LEVELS = (np.arange(4096) % 256).astype(np.uint8).reshape(64, 64)
WORDS = "Heart outside the outline"
WALK = {"key": "walk", "title": "Affinity net, random walk"}


@pytest.fixture
def researcher():
    return ResearcherFactory(first_name="Rita", last_name="Researcher")


@pytest.fixture
def masks(researcher):
    """Three: one as it came with its probability, one corrected, one rejected."""
    within = mask_set(definition=Definition.HEART_OUTSIDE, source=MaskSource.ATTENTION, method=WALK)
    dataset = DatasetFactory(name="Drawn")
    images = [ImageFactory(dataset=dataset, patient_key=f"P{n}", source_name=f"{n}.png") for n in range(3)]
    drawn = [stored_mask(image=image, within=within, score=0.5, probability=LEVELS) for image in images]
    key = drawn[1].versions.get().request_key.hex[::-1]
    correct_mask(mask=drawn[1], pixels=box(5), based_on=1, request_key=key, by=researcher, comment="=apex")
    reject_mask(mask=drawn[2], by=researcher)
    return drawn


@pytest.fixture
def package(client, researcher, masks):
    client.force_login(researcher)

    def fetch(wanted):
        response = client.get(reverse("library:export_masks", args=[masks[0].mask_set.token]), {"format": wanted})
        return zipfile.ZipFile(io.BytesIO(response.getvalue()))

    return fetch


def names(masks):
    return [mask.image.token.hex for mask in masks]


def test_pngs_and_a_table_of_the_newest_versions_that_nobody_rejected(package, masks):
    files = package("png")
    one, two, _ = names(masks)
    assert set(files.namelist()) == {
        f"masks/{one}.png", f"masks/{two}.png", f"probabilities/{one}.png", "masks.csv", "mask_set.json",
    }  # fmt: skip
    with Pillow.open(io.BytesIO(files.read(f"masks/{two}.png"))) as picture:
        assert (np.asarray(picture) == np.where(box(5), 255, 0)).all()
    rows = list(csv.DictReader(io.StringIO(files.read("masks.csv").decode())))
    assert [(row["image"], row["version"], row["made_by"], row["definition"]) for row in rows] == [
        (one, "1", "read from cross-attention", "heart_outside"), (two, "2", "Rita Researcher", "heart_outside"),
    ]  # fmt: skip
    assert rows[1]["comment"] == "'=apex"  # no spreadsheet runs it


@pytest.mark.parametrize("wanted", ["png", "coco", "nifti", "dicom"])
def test_every_export_says_what_was_outlined_by_which_definition(package, masks, wanted):
    card = json.loads(package(wanted).read("mask_set.json"))
    assert (card["structure"], card["definition"], card["definition_in_words"]) == ("lungs", "heart_outside", WORDS)
    assert (card["masks"], card["corrected_by_hand"], card["rejected_and_left_out"]) == (2, 1, 1)
    assert Event.objects.filter(verb="exported masks", detail__format=wanted).exists()


def test_pycocotools_reads_the_coco_file(package, masks, tmp_path):
    (tmp_path / "annotations.json").write_bytes(package("coco").read("annotations.json"))
    coco = COCO(tmp_path / "annotations.json")
    inside = {
        coco.imgs[each["image_id"]]["file_name"]: coco.annToMask(each).astype(bool) for each in coco.anns.values()
    }
    one, two, _ = names(masks)
    assert (inside[f"{one}.png"] == box()).all()
    assert (inside[f"{two}.png"] == box(5)).all()
    assert coco.cats[1]["definition"] == coco.dataset["info"]["definition"] == "heart_outside"


def test_nibabel_reads_the_nifti_files(package, masks):
    files, two = package("nifti"), names(masks)[1]
    read = nibabel.Nifti1Image.from_bytes(gzip.decompress(files.read(f"masks/{two}.nii.gz")))
    assert (box(5) == np.asarray(read.dataobj)[:, :, 0].T).all()
    assert read.header["descrip"].item().decode() == "lungs; heart_outside; version 2"
    assert json.loads(files.read(f"masks/{two}.json"))["definition_in_words"] == WORDS


def test_highdicom_reads_the_segmentations_over_their_pictures(package, masks):
    files = package("dicom")
    one, two, _ = names(masks)
    picture = pydicom.dcmread(io.BytesIO(files.read(f"{two}/picture.dcm")))
    corrected = highdicom.seg.segread(io.BytesIO(files.read(f"{two}/mask.seg.dcm")))
    found = corrected.get_pixels_by_source_instance([picture.SOPInstanceUID], combine_segments=True)
    fraction = highdicom.seg.segread(io.BytesIO(files.read(f"{one}/probability.seg.dcm")))

    assert (found[0] == box(5)).all()
    assert corrected.get_segment_description(1).SegmentDescription == f"lungs: {WORDS}"
    assert corrected.get_segment_description(1).algorithm_type.value == "SEMIAUTOMATIC"
    assert (fraction.pixel_array == LEVELS).all()
    assert {picture.PatientID, corrected.PatientID} == {"P1"}
    with masks[1].image.file.open("rb") as file, Pillow.open(file) as stored:
        assert (picture.pixel_array == np.asarray(stored)).all()
    assert f"{two}/probability.seg.dcm" not in files.namelist()  # the correction has no probability


def test_a_segmentation_names_the_algorithm_of_the_mask_run_that_made_it(client, researcher):
    run = queued(drawn_batch(count=1))
    run_masks(run.pk)
    client.force_login(researcher)
    response = client.get(reverse("library:export_masks", args=[run.mask_set.token]), {"format": "dicom"})
    files = zipfile.ZipFile(io.BytesIO(response.getvalue()))
    (name,) = [name for name in files.namelist() if name.endswith("mask.seg.dcm")]
    segment = highdicom.seg.segread(io.BytesIO(files.read(name))).get_segment_description(1)

    assert segment.algorithm_identification.name == "Otsu's threshold"
    assert segment.algorithm_type.value == "AUTOMATIC"


@pytest.mark.parametrize("wanted", ["png", "coco", "nifti", "dicom"])
def test_masks_of_an_image_that_was_excluded_are_left_out_and_counted(package, masks, researcher, wanted):
    exclude_image(image=masks[1].image, by=researcher, reason="other")
    files = package(wanted)
    card = json.loads(files.read("mask_set.json"))
    rows = list(csv.DictReader(io.StringIO(files.read("masks.csv").decode())))

    assert [row["image"] for row in rows] == names(masks)[:1]
    assert (card["masks"], card["corrected_by_hand"]) == (1, 0)
    assert (card["rejected_and_left_out"], card["of_excluded_images_and_left_out"]) == (1, 1)
    assert not [name for name in files.namelist() if names(masks)[1] in name]


@pytest.mark.parametrize("wanted", ["png", "coco", "nifti", "dicom"])
def test_a_file_that_the_store_lost_is_left_out_and_said(package, masks, wanted):
    masks[0].newest.file.delete(save=False)
    files = package(wanted)
    assert json.loads(files.read("mask_set.json"))["not_found_in_the_store"] == 1
    assert names(masks)[0] not in files.read("masks.csv").decode()


def test_a_picture_that_the_store_lost_leaves_no_half_of_a_mask(package, masks):
    masks[0].image.file.delete(save=False)
    assert not [name for name in package("dicom").namelist() if name.startswith(names(masks)[0])]


def test_what_is_exported_can_be_imported_again(package, masks, tmp_path):
    package("png").extractall(tmp_path)
    before = {mask.image_id: mask.newest.sha256 for mask in masks[:2]}
    table = tmp_path / "masks.csv"
    again = described("Again", Definition.UNSTATED)
    order = MaskOrder(source=tmp_path, dataset=masks[0].image.dataset, described=again, mask_csv=table)
    report = import_masks(order=order, by=None)

    assert report.problems == []
    assert {
        mask.image_id: mask.newest.sha256 for mask in Mask.objects.filter(mask_set__name__startswith="Again")
    } == before
    assert [each.definition for each in report.added] == ["heart_outside"]  # as the table says


def test_masks_alone_find_their_images_by_the_names_of_the_export(package, masks, tmp_path):
    package("png").extractall(tmp_path)
    order = MaskOrder(
        source=folder_of(tmp_path / "masks", {}), dataset=masks[0].image.dataset, described=described("Alone")
    )
    assert import_masks(order=order, by=None).n_added == 2
