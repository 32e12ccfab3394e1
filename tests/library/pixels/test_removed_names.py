"""What identifies somebody is dropped, and named without its value."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.encoding import encode_png
from tests.library.pixels.made import dicom, film, saved

pytestmark = pytest.mark.filterwarnings("ignore:Invalid value for VR")  # raised while the files are made
FILM = film()
SECRET = "Zaphod"


def everything_said(decoded):
    told = [decoded.source_format, decoded.photometric, decoded.modality, decoded.transfer_syntax, decoded.window]
    return " ".join([*told, *decoded.removed_tags, *decoded.notes, *decoded.facts.values(), repr(decoded)])


def test_png_texts_are_named_by_published_keywords_only():
    info = PngInfo()
    info.add_text("PatientName", SECRET)
    info.add_itxt("Comment", SECRET)
    info.add_text(f"Film of {SECRET}", "1", zip=True)
    decoded = decode(saved(FILM, "PNG", pnginfo=info))
    assert decoded.removed_tags == ["PNG iTXt: Comment", "PNG tEXt: PatientName", "PNG zTXt: another keyword"]
    assert SECRET not in everything_said(decoded)


def test_exif_and_position_are_named():
    exif = Image.Exif()
    exif[0x013B], exif[0x0132] = SECRET, "2020:01:02 03:04:05"
    exif.get_ifd(0x8825)[1] = "N"
    decoded = decode(saved(FILM, "JPEG", exif=exif.tobytes(), comment=SECRET.encode(), icc_profile=b"\0" * 200))
    assert decoded.removed_tags == [
        "EXIF", "EXIF Artist", "EXIF DateTime", "GPS GPSLatitudeRef", "ICC profile", "JPEG comment",
    ]  # fmt: skip
    assert SECRET not in everything_said(decoded)


def test_tiff_tags_beside_the_picture_are_named():
    info = {270: SECRET, 315: SECRET, 65000: SECRET}
    decoded = decode(saved(FILM, "TIFF", tiffinfo=info))
    assert {"TIFF Artist", "TIFF ImageDescription", "TIFF private tag"} <= set(decoded.removed_tags)
    assert SECRET not in everything_said(decoded)


def identified(**more):
    item = Dataset()
    item.RequestingPhysician, item.StudyDate = SECRET, "20200102"
    stated = {
        "PatientName": SECRET, "PatientID": f"{SECRET}1", "PatientBirthDate": "19500101", "AccessionNumber": "77",
        "InstitutionName": SECRET, "StationName": SECRET, "ImageComments": SECRET, "StudyDate": "20200102",
        "OtherPatientIDs": "", "PatientSex": "F", "PatientAge": "061Y", "ViewPosition": "PA", "Laterality": SECRET,
        "BodyPartExamined": "CHEST", "RequestAttributesSequence": Sequence([item]),
    }  # fmt: skip
    return dicom(FILM, **{**stated, **more})


def test_dicom_elements_are_named_in_sequences_too_and_empty_ones_are_not():
    decoded = decode(identified())
    named = {"PatientName", "PatientID", "PatientBirthDate", "AccessionNumber", "InstitutionName", "StationName",
             "ImageComments", "StudyDate", "RequestingPhysician", "MediaStorageSOPInstanceUID"}  # fmt: skip
    assert named <= set(decoded.removed_tags)
    assert not {"OtherPatientIDs", "SOPClassUID", "TransferSyntaxUID", "Rows"} & set(decoded.removed_tags)
    assert decoded.removed_tags == sorted(decoded.removed_tags)


def test_values_are_never_told_except_the_id_for_its_pseudonym(caplog, recwarn):
    data = identified(SpecificCharacterSet="ISO_IR 100", PatientAge=SECRET)
    data = data.replace(b"ISO_IR 100", SECRET.encode().ljust(10))  # pydicom warns of it and logs it
    caplog.clear()
    recwarn.clear()
    decoded = decode(data)
    assert SECRET not in everything_said(decoded)
    assert not caplog.records and not recwarn.list
    assert decoded.patient_id == f"{SECRET}1"


def test_a_name_in_a_field_for_codes_is_not_taken_for_a_fact():
    decoded = decode(identified(ViewPosition=SECRET, BodyPartExamined="Ford, Prefect", PatientSex="Zaphod"))
    assert decoded.facts == {"age": "61"}


@pytest.mark.parametrize(
    ("stated", "years"),
    [("061Y", "61"), ("61", "61"), ("089Y", "89"), ("090Y", "90+"), ("018M", "1"), ("003W", "0"), ("Zaph", None)],
)
def test_ages_are_whole_years_and_one_group_above_89(stated, years):
    assert decode(identified(PatientAge=stated)).facts.get("age") == years


def test_private_groups_are_named_by_their_number():
    dataset = dcmread(BytesIO(identified()))
    block = dataset.private_block(0x0019, SECRET, create=True)
    block.add_new(1, "LO", SECRET)
    target = BytesIO()
    dataset.save_as(target)
    decoded = decode(target.getvalue())
    assert "private group 0019" in decoded.removed_tags and SECRET not in everything_said(decoded)


def test_burnt_in_text_is_said():
    decoded = decode(identified(BurnedInAnnotation="YES"))
    assert decoded.has_burnt_in_text and "BurnedInAnnotation YES" in decoded.notes[0]


def test_nothing_of_the_header_survives_in_the_normal_form():
    png = encode_png(decode(identified()).pixels)
    assert re.findall(rb"[A-Za-z]{4}(?=\x00{0,4})", png[:41])[:1] == [b"IHDR"]
    assert SECRET.encode() not in png
    kinds = [kind for kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"iCCP", b"tIME", b"gAMA") if kind in png]
    assert kinds == [] and np.array_equal(np.asarray(Image.open(BytesIO(png))), FILM)
