"""Deflated DICOM unfolds while its header is read, so its size is measured first."""

import zlib
from io import BytesIO

from pydicom.filereader import read_dataset, read_preamble
from pydicom.uid import DeflatedExplicitVRLittleEndian

from lungstudy.library.pixels.decoded import MAX_PIXELS, ImageError

MAX_INFLATED_BYTES = 2 * MAX_PIXELS + 16 * 1024 * 1024  # the largest picture in 16 bits, and a header
STEP = 1024 * 1024


def check_deflated(data: bytes) -> None:
    """Refuse a deflated data set that unfolds into more than the largest picture; others pass."""
    file = BytesIO(data)
    read_preamble(file, force=True)
    meta = read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=_is_past_meta)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    size = 0
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    rest = data[file.tell() :]
    while rest and not inflater.eof:
        size += len(inflater.decompress(rest, STEP))
        rest = inflater.unconsumed_tail
        if size > MAX_INFLATED_BYTES:
            raise ImageError("The deflated DICOM unfolds into far more than a picture; export it uncompressed.")


def _is_past_meta(tag: int, vr: str | None, length: int) -> bool:  # noqa: ARG001 - pydicom's signature
    return tag >> 16 != 2
