"""Masks as DICOM segmentations, and the picture that they refer to as a minimal secondary capture."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import highdicom
import numpy as np
from highdicom.sc import SCImage
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
from highdicom.sr import CodedConcept
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from lungstudy.library.pixels.arrays import Grey

MANUFACTURER = "lungstudy"
UTF_8 = "ISO_IR 192"
"""Names of structures may be in any script (PS3.3, C.12.1.1.2)."""
LONGEST_LABEL, LONGEST_DESCRIPTION = 64, 1024  # LO and ST (PS3.5, 6.2)
ANATOMY = Code("91723000", "SCT", "Anatomical Structure")
ABNORMAL = Code("49755003", "SCT", "Morphologically Abnormal Structure")
# Words of a structure's name, the first that fits; what is not among them gets a code of our own.
CODED = (
    ("mediastin", ANATOMY, Code("72410000", "SCT", "Mediastinum")),
    ("heart", ANATOMY, Code("80891009", "SCT", "Heart")),
    ("effusion", ABNORMAL, Code("60046008", "SCT", "Pleural effusion")),
    ("pneumothorax", ABNORMAL, Code("36118008", "SCT", "Pneumothorax")),
    ("opacity", ABNORMAL, Code("OPACITY", "99LUNGSTUDY", "Opacity")),
    ("nodule", ABNORMAL, Code("NODULE", "99LUNGSTUDY", "Nodule")),
    ("consolidation", ABNORMAL, Code("CONSOLIDATION", "99LUNGSTUDY", "Consolidation")),
    ("lung", ANATOMY, Code("39607008", "SCT", "Lung")),
)
SIDES = {"left": Code("7771000", "SCT", "Left"), "right": Code("24028007", "SCT", "Right")}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What the library knows of the picture, all of it without a name: the patient is a pseudonym."""

    token: uuid.UUID
    patient_key: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Segment:
    """What was outlined, how the outline is defined, and who or what drew it."""

    token: uuid.UUID
    structure: str
    definition: str
    how: str
    """MANUAL, SEMIAUTOMATIC (software, corrected by a person) or AUTOMATIC."""
    made_with: str
    made_at: datetime
    version: str


def picture_dataset(pixels: Grey, picture: Picture) -> Dataset:
    """The de-identified picture as a Secondary Capture image: the same picture has the same UIDs in every export."""
    key = picture.patient_key or picture.token.hex[:16]
    capture = SCImage(
        pixel_array=pixels,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=8 * pixels.dtype.itemsize,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),
        study_instance_uid=_uid(picture.token, "study"),
        series_instance_uid=_uid(picture.token, "series"),
        sop_instance_uid=_uid(picture.token, "picture"),
        series_number=1,
        instance_number=1,
        manufacturer=MANUFACTURER,
        patient_id=key,
        patient_name="",
        study_date=picture.made_at.date(),
        study_time=picture.made_at.time(),
    )
    capture.SpecificCharacterSet = UTF_8
    # The library does not know it, and a wrong side would be worse than none (PS3.3, C.7.6.1.1.1: may be empty).
    capture.PatientOrientation = []
    _date(capture, picture.made_at)
    capture.DateOfSecondaryCapture, capture.TimeOfSecondaryCapture = capture.ContentDate, capture.ContentTime
    capture.PatientIdentityRemoved, capture.DeidentificationMethod = "YES", "Metadata removed at import"
    return capture


def segmentation(source: Dataset, inside: NDArray[np.bool_], segment: Segment) -> Dataset:
    """BINARY: which pixels are inside."""
    return _segmentation(source, inside, segment, SegmentationTypeValues.BINARY, "mask")


def probability_segmentation(source: Dataset, probability: NDArray[np.uint8], segment: Segment) -> Dataset:
    """FRACTIONAL: how probable each pixel is; the levels 0 to 255 are kept as they are."""
    return _segmentation(source, probability / 255.0, segment, SegmentationTypeValues.FRACTIONAL, "probability")


def file_bytes(dataset: Dataset) -> bytes:
    """A DICOM file with its preamble."""
    target = BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def _segmentation(
    source: Dataset, pixels: NDArray[np.generic], segment: Segment, kind: SegmentationTypeValues, part: str
) -> Dataset:
    made = Segmentation(
        source_images=[source],
        pixel_array=pixels,
        segmentation_type=kind,
        segment_descriptions=[_description(segment)],
        series_instance_uid=_uid(segment.token, f"{part} series"),
        series_number=2 if part == "mask" else 3,
        sop_instance_uid=_uid(segment.token, part),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MANUFACTURER,
        software_versions=segment.version,
        device_serial_number="none",
        content_label=part.upper(),
        content_description=segment.definition[:LONGEST_LABEL],
        omit_empty_frames=False,
    )
    made.SpecificCharacterSet = UTF_8
    _date(made, segment.made_at)
    return made


def _description(segment: Segment) -> SegmentDescription:
    category, kind = _codes(segment.structure)
    how = SegmentAlgorithmTypeValues(segment.how)
    by_hand = how == SegmentAlgorithmTypeValues.MANUAL
    described = SegmentDescription(
        segment_number=1,
        segment_label=segment.structure[:LONGEST_LABEL],
        segmented_property_category=category,
        segmented_property_type=kind,
        algorithm_type=how,
        algorithm_identification=None if by_hand else _algorithm(segment),
    )
    described.SegmentDescription = f"{segment.structure}: {segment.definition}"[:LONGEST_DESCRIPTION]
    for side, code in SIDES.items():
        if side in segment.structure.lower():
            described.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = [_coded(code)]
    return described


def _algorithm(segment: Segment) -> highdicom.AlgorithmIdentificationSequence:
    return highdicom.AlgorithmIdentificationSequence(
        name=segment.made_with[:LONGEST_LABEL],
        family=Code("123110", "DCM", "Artificial Intelligence"),
        version=segment.version,
    )


def _codes(structure: str) -> tuple[CodedConcept, CodedConcept]:
    """Category and type of a structure's name."""
    for word, category, kind in CODED:
        if word in structure.lower():
            return _coded(category), _coded(kind)
    return _coded(ANATOMY), CodedConcept("STRUCTURE", "99LUNGSTUDY", structure[:LONGEST_LABEL])


def _coded(code: Code) -> CodedConcept:
    return CodedConcept(code.value, code.scheme_designator, code.meaning)


def _uid(token: uuid.UUID, part: str) -> str:
    """A UID derived from a UUID (PS3.5, B.2): nothing about the site is in it."""
    return f"2.25.{uuid.uuid5(token, part).int}"


def _date(dataset: Dataset, when: datetime) -> None:
    dataset.ContentDate = dataset.InstanceCreationDate = when.strftime("%Y%m%d")
    dataset.ContentTime = dataset.InstanceCreationTime = when.strftime("%H%M%S")
    dataset.SeriesDate, dataset.SeriesTime = dataset.ContentDate, dataset.ContentTime
