"""Tell what a file is from its first bytes; names and extensions are not asked."""

import struct

from lungstudy.library.pixels.decoded import ImageError

WHAT_TO_DO = "save the picture as PNG, JPEG, TIFF or DICOM and import that"
STARTS = {
    b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"II*\0": "TIFF", b"MM\0*": "TIFF", b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
}  # fmt: skip
OTHERS = {
    b"GIF8": "a GIF", b"BM": "a BMP", b"\0\0\0\x0cjP  ": "a JPEG 2000", b"\xff\x4f\xff\x51": "a JPEG 2000",
    b"%PDF": "a PDF", b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "a gzip archive", b"NRRD": "an NRRD volume",
    b"\x93NUMPY": "a NumPy array",
}  # fmt: skip


def sniff(data: bytes) -> str:
    """PNG, JPEG, TIFF or DICOM."""
    if not data:
        raise ImageError("The file is empty; copy it again.")
    if data[128:132] == b"DICM" or _is_bare_dicom(data):
        return "DICOM"
    for start, name in STARTS.items():
        if data.startswith(start):
            return name
    if other := _other(data):
        raise ImageError(f"The file is {other}, which is not read; {WHAT_TO_DO}.")
    raise ImageError("The file is no picture; import PNG, JPEG, TIFF or DICOM files.")


def _other(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP"
    if data[4:12] in (b"ftypavif", b"ftypheic"):
        return "an AVIF or HEIC"
    return next((name for start, name in OTHERS.items() if data.startswith(start)), "")


def _is_bare_dicom(data: bytes) -> bool:
    """DICOM without preamble: it begins with an element of group 2 or 8, in either byte order."""
    if len(data) < 132:
        return False
    for order in "<>":
        group, element = struct.unpack_from(order + "HH", data)
        if group in (2, 8) and element < 0x100:
            vr, (length,) = data[4:6], struct.unpack_from(order + "I", data, 4)
            if (vr.isalpha() and vr.isupper()) or length < len(data):
                return True
    return False
