"""Masks as files: what is read, what is refused, and what other libraries read of what is written."""

import io
import uuid
from datetime import UTC, datetime

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
from pycocotools import mask as run_lengths

from lungstudy.library.pixels.masks.coco import annotation
from lungstudy.library.pixels.masks.dicom_seg import (
    Picture,
    Segment,
    file_bytes,
    picture_dataset,
    probability_segmentation,
    segmentation,
)
from lungstudy.library.pixels.masks.nifti import nifti
from lungstudy.library.pixels.masks.reading import MaskFileError, read_mask
from tests.library.masks import box, png

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
INSIDE = np.zeros((70, 90), bool)
INSIDE[5:30, 40:80] = True


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_a_mask_is_read_whatever_kind_of_png_it_is(mode):
    assert (read_mask(png(INSIDE, mode)) == INSIDE).all()


@pytest.mark.parametrize("level", [1, 7, 255])
def test_any_one_level_above_black_is_inside(level):
    assert (read_mask(png(INSIDE.astype(np.uint8) * level)) == INSIDE).all()


GREY = np.arange(64 * 64, dtype=np.uint8).reshape(64, 64)
SEE_THROUGH = np.zeros((64, 64, 4), np.uint8)
SEE_THROUGH[:32] = 255
COLOUR = np.zeros((64, 64, 3), np.uint8)
COLOUR[:32, :, 0] = 200


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (png(GREY), "256 grey levels"),
        (png(np.zeros((64, 64), np.uint8)), "empty"),
        (png(np.full((64, 64), 255, np.uint8)), "full"),
        (png(np.where(box(), 255, 100).astype(np.uint8)), "darker level is 100"),
        (png(SEE_THROUGH, "RGBA"), "see-through"),
        (png(COLOUR, "RGB"), "in colour"),
        (b"GIF89a", "no PNG"),
        (png(box())[:60], "cut short"),
        (b"", "no PNG"),
    ],
)
def test_what_is_no_mask_is_refused_in_a_sentence(file, words):
    with pytest.raises(MaskFileError, match=words) as caught:
        read_mask(file)
    assert str(caught.value).endswith(".")


def test_coco_run_lengths_are_those_of_pycocotools():
    made = annotation(7, INSIDE, score=0.5)
    assert (run_lengths.decode(made["segmentation"]) == INSIDE).all()
    assert (made["area"], made["bbox"], made["image_id"]) == (25 * 40, [40, 5, 40, 25], 7)


def test_nifti_is_read_back_by_nibabel_with_its_description():
    read = nibabel.Nifti1Image.from_bytes(nifti(INSIDE, "lungs; heart_outside; version 2" + "x" * 100))
    assert (np.asarray(read.dataobj)[:, :, 0].T == INSIDE).all()
    assert read.header["descrip"].item().decode().startswith("lungs; heart_outside")
    assert nibabel.aff2axcodes(read.affine) == ("L", "P", "S")  # ITK's axes: across and down, as the PNG


def segment(**changed):
    facts = {
        "token": uuid.UUID(int=1), "structure": "left lung", "definition": "Heart outside the outline",
        "how": "AUTOMATIC", "made_with": "attention", "made_at": WHEN, "version": "0.1",
    }  # fmt: skip
    return Segment(**{**facts, **changed})


def source(dtype=np.uint8):
    pixels = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, INSIDE.shape, dtype=dtype)
    return pixels, picture_dataset(pixels, Picture(token=uuid.UUID(int=2), patient_key="P0007", made_at=WHEN))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_picture_is_a_secondary_capture_of_a_pseudonym(dtype):
    pixels, picture = source(dtype)
    read = pydicom.dcmread(io.BytesIO(file_bytes(picture)))
    assert (read.pixel_array == pixels).all()
    assert (read.PatientID, str(read.PatientName), read.PatientBirthDate) == ("P0007", "", "")
    assert read.SOPClassUID.name == "Secondary Capture Image Storage"


def test_a_segmentation_comes_back_with_its_definition_and_refers_to_the_picture():
    _, picture = source()
    read = highdicom.seg.segread(io.BytesIO(file_bytes(segmentation(picture, INSIDE, segment()))))
    found = read.get_pixels_by_source_instance([picture.SOPInstanceUID], combine_segments=True)
    described = read.get_segment_description(1)

    assert (found[0] == INSIDE).all()
    assert read.SegmentationType == "BINARY"
    assert (described.segment_label, described.SegmentDescription) == (
        "left lung", "left lung: Heart outside the outline",
    )  # fmt: skip
    assert described.segmented_property_type.meaning == "Lung"
    assert described.algorithm_type.value == "AUTOMATIC"
    assert (read.StudyInstanceUID, read.PatientID) == (picture.StudyInstanceUID, "P0007")


def test_a_probability_becomes_a_fractional_segmentation_level_by_level():
    _, picture = source()
    levels = (np.arange(INSIDE.size) % 256).astype(np.uint8).reshape(INSIDE.shape)
    made = probability_segmentation(picture, levels, segment(structure="no such organ", how="MANUAL"))
    read = highdicom.seg.segread(io.BytesIO(file_bytes(made)))

    assert (read.pixel_array == levels).all()
    assert (read.SegmentationType, read.SegmentationFractionalType) == ("FRACTIONAL", "PROBABILITY")
    assert read.get_segment_description(1).segmented_property_type.meaning == "no such organ"


@pytest.mark.parametrize("structure", ["linke Lungenhöhle", "左肺", "Сердце"])
def test_a_structure_named_in_any_script_comes_back_as_it_was_written(structure):
    _, picture = source()
    files = [picture, segmentation(picture, INSIDE, segment(structure=structure))]
    pictured, read = (pydicom.dcmread(io.BytesIO(file_bytes(one))) for one in files)

    assert (pictured.SpecificCharacterSet, read.SpecificCharacterSet) == ("ISO_IR 192", "ISO_IR 192")
    described = read.SegmentSequence[0]
    assert described.SegmentLabel == structure
    assert described.SegmentDescription == f"{structure}: Heart outside the outline"


def test_the_same_picture_has_the_same_uids_in_every_export():
    assert source()[1].SOPInstanceUID == source(np.uint16)[1].SOPInstanceUID
