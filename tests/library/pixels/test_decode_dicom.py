"""DICOM becomes what a viewer would show: tables, windows and inversion by PS3.3, whatever the transfer syntax."""

import zlib

import numpy as np
import pytest
from PIL import Image
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from lungstudy.library.pixels import inflating
from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import ImageError
from tests.library.pixels.made import UNCOMPRESSED, compressed, ct, dicom, film, header, lookup_table, saved, written

FILM = film()
TWELVE = FILM.astype(np.uint16) * 16
TWELVE_BITS = {"BitsStored": 12}


@pytest.mark.parametrize("syntax", UNCOMPRESSED)
def test_every_byte_order_and_the_deflated_one_give_the_same_pixels(syntax):
    decoded = decode(dicom(TWELVE, syntax=syntax, **TWELVE_BITS))
    assert (decoded.pixels == np.rint(TWELVE * (65535 / 4095))).all()
    assert (decoded.modality, decoded.source_format, decoded.stored_bits) == ("DX", "DICOM", 12)


def test_eight_bits_without_a_window_stay_as_stored():
    decoded = decode(dicom(FILM))
    assert (decoded.pixels == FILM).all() and decoded.window == ""


def test_monochrome1_is_turned_over():
    assert (decode(dicom(FILM, PhotometricInterpretation="MONOCHROME1")).pixels == 255 - FILM).all()


def test_an_inverse_presentation_table_turns_over_once():
    stated = {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}
    assert (decode(dicom(FILM, **stated)).pixels == 255 - FILM).all()


def test_rle_gives_the_same_pixels():
    dataset = header(TWELVE, **TWELVE_BITS)
    dataset.compress(RLELossless)
    assert (decode(written(dataset)).pixels == decode(dicom(TWELVE, **TWELVE_BITS)).pixels).all()


def test_jpeg_2000_gives_the_same_pixels():
    frame = saved(FILM, "JPEG2000", no_jp2=True)
    decoded = decode(compressed(FILM, JPEG2000Lossless, frame))
    assert (decoded.pixels == FILM).all() and "JPEG 2000" in decoded.transfer_syntax


def test_jpeg_gives_nearly_the_same_pixels():
    decoded = decode(compressed(FILM, JPEGBaseline8Bit, saved(FILM, "JPEG", quality=98)))
    assert np.abs(decoded.pixels.astype(int) - FILM).max() < 12


# PS3.3 C.11.2.1.2.1, note 4: width 1 is a threshold; and its pseudo code for center 2048 and width 4096.
@pytest.mark.parametrize(
    ("function", "centre", "width", "stored", "expected"),
    [
        ("LINEAR", 2048, 4096, 0, 0), ("LINEAR", 2048, 4096, 4095, 65535), ("LINEAR", 100, 1, 99, 0),
        ("LINEAR", 100, 1, 100, 65535), ("LINEAR_EXACT", 1000, 400, 800, 0), ("LINEAR_EXACT", 1000, 400, 1000, 32768),
        ("LINEAR_EXACT", 1000, 400, 1200, 65535), ("SIGMOID", 1000, 400, 1000, 32768),
        ("SIGMOID", 1000, 400, 1100, round(65535 / (1 + np.exp(-1)))),
    ],
)  # fmt: skip
def test_windows_follow_the_standard(function, centre, width, stored, expected):
    numbers = TWELVE.copy()
    numbers[0, 0] = stored
    stated = {"WindowCenter": centre, "WindowWidth": width, "VOILUTFunction": function}
    decoded = decode(dicom(numbers, **TWELVE_BITS, **stated))
    assert decoded.pixels[0, 0] == expected
    assert decoded.window == f"of the file ({centre:g} / {width:g})"


def test_the_first_of_several_windows_is_taken():
    several = decode(dicom(TWELVE, **TWELVE_BITS, WindowCenter=[1000, 2000], WindowWidth=[800, 900]))
    one = decode(dicom(TWELVE, **TWELVE_BITS, WindowCenter=1000, WindowWidth=800))
    assert (several.pixels == one.pixels).all()


def test_a_window_beside_all_numbers_is_not_applied_and_said():
    decoded = decode(dicom(TWELVE, **TWELVE_BITS, WindowCenter=-836, WindowWidth=500))
    assert decoded.window == "" and "was not applied" in decoded.notes[0]
    assert decoded.pixels.std() > 1000


def test_a_grey_table_is_looked_up_after_rescaling():
    table = (np.arange(4096) ** 2 / 4095**2 * 65535).astype(np.uint16)
    signed = (TWELVE.astype(np.int32) - 2048).astype(np.int16)
    stated = {"RescaleSlope": 1, "RescaleIntercept": 2048, "VOILUTSequence": lookup_table(table, 0)}
    decoded = decode(dicom(signed, **TWELVE_BITS, **stated))
    assert (decoded.pixels == table[TWELVE]).all() and decoded.window == "of the file (table)"


def test_a_modality_table_comes_before_the_window():
    table = np.arange(4096, dtype=np.uint16)[::-1].copy()
    stated = {"ModalityLUTSequence": lookup_table(table, 0), "WindowCenter": 2048, "WindowWidth": 4096}
    decoded = decode(dicom(TWELVE, **TWELVE_BITS, **stated))
    assert (decoded.pixels == np.rint((4095 - TWELVE) * (65535 / 4095))).all()


def test_ct_is_shown_in_the_lung_window_unless_another_is_stated():
    slice_ = np.linspace(-1400, 400, FILM.size).reshape(FILM.shape).astype(np.int16)
    lung = decode(ct(slice_, WindowCenter=40, WindowWidth=400))
    assert lung.window == "-600 / 1500 HU" and lung.modality == "CT"
    assert lung.pixels[slice_ <= -1350].max() == 0 and lung.pixels[slice_ >= 149].min() == 65535
    assert int(lung.pixels[slice_ == -600].max()) == pytest.approx(32768, abs=40)
    bone = decode(ct(slice_), ct_window=(400, 1800))
    assert bone.pixels[slice_ <= -500].max() == 0


def test_a_ct_scout_is_shown_in_its_own_window():
    decoded = decode(dicom(TWELVE.astype(np.int16), Modality="CT", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"],
                           WindowCenter=2000, WindowWidth=4000))  # fmt: skip
    assert decoded.window == "of the file (2000 / 4000)"


def test_a_ct_slice_without_rescaling_is_refused():
    with pytest.raises(ImageError, match="Hounsfield"):
        decode(dicom(TWELVE, Modality="CT"))


def test_the_first_of_several_frames_is_taken_and_said():
    decoded = decode(dicom(np.stack([FILM, 255 - FILM]), NumberOfFrames=2))
    assert (decoded.pixels == FILM).all() and decoded.notes == ["The first of 2 frames was taken."]


def test_preamble_and_extension_are_not_needed():
    whole = dicom(FILM)
    assert (decode(whole[132:]).pixels == FILM).all()


def test_a_dicom_that_begins_like_a_tiff_is_a_dicom():
    assert decode(b"II*\0" + dicom(FILM)[4:]).source_format == "DICOM"


def test_colour_pictures_of_grey_films_are_grey():
    grey = np.stack([FILM] * 3, axis=-1)
    decoded = decode(dicom(grey, Rows=230, Columns=210, SamplesPerPixel=3, PlanarConfiguration=0,
                           PhotometricInterpretation="RGB"))  # fmt: skip
    assert (decoded.pixels == FILM).all()


REFUSED = {
    "report": (dicom(FILM, Modality="SR"), "a structured report"),
    "no pixels": (dicom(FILM, PixelData=b""), "no pixel data"),
    "too few pixels": (dicom(FILM, Rows=400), "cut short"),
    "cut file": (dicom(FILM)[:20000], "cut short"),
    "tiny": (dicom(FILM[:32, :32].copy()), "32 x 32"),
    "a bomb by its header": (dicom(FILM, Rows=60000, Columns=60000), "smaller size"),
    "deep": (dicom(FILM.astype(np.uint32), BitsStored=32), "depth"),
    "no photometric interpretation": (dicom(FILM, PhotometricInterpretation=None), "lacks PhotometricInterpretation"),
    "a table of one entry": (dicom(TWELVE, VOILUTSequence=lookup_table(np.zeros(1, np.uint16), 0)), "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_gets_one_sentence(name):
    data, words = REFUSED[name]
    with pytest.raises(ImageError, match=words) as raised:
        decode(data)
    assert str(raised.value).endswith(".")


def test_a_compressed_picture_larger_than_its_header_says_is_refused():
    large = Image.new("L", (4000, 4000))
    for syntax, frame in (
        (JPEGBaseline8Bit, saved(large, "JPEG")),
        (JPEG2000Lossless, saved(large, "JPEG2000", no_jp2=True)),
    ):
        with pytest.raises(ImageError, match="4000 x 4000"):
            decode(compressed(FILM, syntax, frame))


def test_a_deflated_bomb_is_refused_before_it_unfolds(monkeypatch):
    monkeypatch.setattr(inflating, "MAX_INFLATED_BYTES", 4_000_000)
    meta = dicom(FILM, syntax=UNCOMPRESSED[2])
    start = meta.index(b"1.2.840.10008.1.2.1.99") + 22
    packer = zlib.compressobj(wbits=-15)
    bomb = meta[:start] + packer.compress(b"\0" * 5_000_000) + packer.flush()
    with pytest.raises(ImageError, match="unfolds"):
        decode(bomb)
