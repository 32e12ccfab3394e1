"""Whatever bytes come in, a picture or an ImageError comes out: files of every kind, cut and with bytes turned over."""

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from lungstudy.library.pixels.decode import decode
from lungstudy.library.pixels.decoded import ImageError
from tests.library.pixels.made import UNCOMPRESSED, compressed, ct, dicom, film, header, lookup_table, saved, written

FILM = film(72, 66)
DEEP = FILM.astype(np.uint16) * 16
RLE = header(DEEP)
RLE.compress(RLELossless)
FILES = [
    saved(FILM, "PNG"),
    saved(DEEP, "PNG"),
    saved(Image.fromarray(FILM).convert("P"), "PNG"),
    saved(Image.fromarray(FILM).convert("RGBA"), "PNG"),
    saved(FILM, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"),
    saved(FILM, "JPEG", progressive=True),
    saved(DEEP, "TIFF", compression="tiff_lzw"),
    saved(Image.fromarray(FILM), "TIFF", save_all=True, append_images=[Image.fromarray(FILM)]),
    *(dicom(DEEP, syntax=syntax, BitsStored=12, WindowCenter=2000, WindowWidth=1000) for syntax in UNCOMPRESSED),
    dicom(DEEP, VOILUTSequence=lookup_table(np.arange(4096, dtype=np.uint16), 0)),
    ct(DEEP.astype(np.int16)),
    written(RLE),
    compressed(FILM, JPEGBaseline8Bit, saved(FILM, "JPEG")),
    compressed(FILM, JPEG2000Lossless, saved(FILM, "JPEG2000", no_jp2=True)),
]
BEGINNINGS = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"\0" * 128 + b"DICM"]


def is_a_picture_or_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except ImageError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
    else:
        assert decoded.pixels.ndim == 2 and decoded.pixels.dtype in (np.uint8, np.uint16)


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(FILES), st.data())
def test_files_with_bytes_turned_over(file, data):
    broken = bytearray(file)
    places = st.integers(0, len(file) - 1) | st.integers(0, 1500).map(lambda at: at % len(file))  # headers more often
    for at, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=12)):
        broken[at] = byte
    is_a_picture_or_refused(bytes(broken))


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(FILES), st.floats(0, 1))
def test_files_cut_anywhere(file, share):
    is_a_picture_or_refused(file[: int(len(file) * share)])


@settings(max_examples=100)
@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"\0" * 128 + b"DICM"]),
    st.binary(max_size=400),
)
@example(b"\x08\0\x05\0CS", b"\0" * 200)
def test_a_good_beginning_and_then_anything(start, rest):
    is_a_picture_or_refused(start + rest)
