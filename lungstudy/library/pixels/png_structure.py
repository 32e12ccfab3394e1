"""Walk through the chunks of a PNG: check what Pillow does not, and name what is there beside the picture."""

import struct
import zlib
from collections.abc import Iterator

from pydicom.datadict import keyword_dict

from lungstudy.library.pixels.decoded import ImageError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TEXT = {b"tEXt", b"zTXt", b"iTXt"}
NAMED = {b"eXIf": "EXIF", b"iCCP": "ICC profile", b"tIME": "PNG tIME", b"dSIG": "PNG dSIG", b"caBX": "PNG caBX"}
TECHNICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sBIT", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"cHRM", b"sRGB",
             b"pHYs", b"oFFs", b"sPLT", b"hIST", b"bKGD", b"cICP"}  # fmt: skip
# Keywords are printed only where a published list has them, so that no value can pass for a name.
KEYWORDS = {
    word.lower(): word
    for word in (
        "Title", "Author", "Description", "Copyright", "Creation Time", "Software", "Disclaimer", "Warning", "Source",
        "Comment", "Collection", "XML:com.adobe.xmp", "Raw profile type exif", "Raw profile type APP1",
        "Raw profile type iptc", "Raw profile type xmp", "Raw profile type 8bim", "date:create", "date:modify",
        "date:timestamp", *keyword_dict,
    )
}  # fmt: skip


def names_in_png(data: bytes) -> set[str]:
    """Names of everything beside the picture, after every checksum was found right."""
    names = set()
    for kind, body in _chunks(data):
        if kind in TEXT:
            names.add(_text_name(kind, body))
        elif kind not in TECHNICAL:
            names.add(NAMED.get(kind, "PNG private chunk"))
    return names


def is_deep_colour(data: bytes) -> bool:
    """Whether 16 bits a channel come with colour or transparency, which Pillow reads as 8 bits."""
    depth, colour_type = data[24], data[25]
    return depth == 16 and colour_type != 0


def stated_gamma(data: bytes) -> float | None:
    """The file's gAMA, where it has one."""
    for kind, body in _chunks(data):
        if kind == b"gAMA" and len(body) == 4:
            return float(struct.unpack(">I", body)[0]) / 100_000
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(data)
    at = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        if at + 12 > len(data):
            raise ImageError("The PNG is cut short; copy or export it again.")
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(data):
            raise ImageError("The PNG is cut short; copy or export it again.")
        if zlib.crc32(view[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise ImageError("The PNG is damaged (a checksum is wrong); copy or export it again.")
        yield kind, view[at + 8 : end]
        at = end + 4


def _text_name(kind: bytes, body: memoryview) -> str:
    keyword = bytes(body[:80]).split(b"\0", 1)[0].decode("latin-1")
    return f"PNG {kind.decode()}: {KEYWORDS.get(keyword.lower(), 'another keyword')}"
