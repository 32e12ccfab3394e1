"""Names of what JPEG and TIFF files, and EXIF blocks anywhere, carry beside the picture."""

import struct
from collections.abc import Iterator

from PIL import Image, TiffTags
from PIL.ExifTags import GPSTAGS, IFD, TAGS

# Tags without which a TIFF has no picture: its size, depth, layout and compression.
TIFF_LAYOUT = {
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 290, 291,
    292, 293, 296, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332, 338, 339, 340, 341, 347, 529, 530, 531, 532,
    IFD.Exif, IFD.GPSInfo, IFD.Interop,
}  # fmt: skip
SEGMENTS = {
    0xE1: ((b"Exif\0", "EXIF"), (b"http://ns.adobe.com/", "XMP")),
    0xE2: ((b"ICC_PROFILE\0", "ICC profile"), (b"MPF\0", "further pictures (MPF)")),
    0xED: ((b"Photoshop 3.0\0", "Photoshop 8BIM"),),
    0xEE: ((b"Adobe", ""),),  # says how the colours are stored: part of the picture
}


def names_in_exif(image: Image.Image) -> set[str]:
    """EXIF tag names, those of its sub-blocks and of the thumbnail."""
    exif = image.getexif()
    names = {f"EXIF {TAGS.get(tag, 'tag without a name')}" for tag in exif if tag not in TIFF_LAYOUT}
    names |= {f"EXIF {TAGS.get(tag, 'tag without a name')}" for tag in exif.get_ifd(IFD.Exif)}
    names |= {f"GPS {GPSTAGS.get(tag, 'tag without a name')}" for tag in exif.get_ifd(IFD.GPSInfo)}
    if image.format != "TIFF" and exif.get_ifd(IFD.IFD1):
        names.add("EXIF thumbnail")
    return names


def names_in_tiff(image: Image.Image) -> set[str]:
    """Names of the tags of a TIFF that are no part of the picture."""
    tags = set(getattr(image, "tag_v2", {})) - TIFF_LAYOUT
    return {f"TIFF {TiffTags.lookup(tag).name if tag in TiffTags.TAGS_V2 else 'private tag'}" for tag in tags}


def names_in_jpeg(data: bytes) -> set[str]:
    """Names of the segments of a JPEG that are no part of the picture."""
    return {name for marker, body in _segments(data) if (name := _segment_name(marker, body))}


def _segment_name(marker: int, body: bytes) -> str:
    if marker == 0xFE:
        return "JPEG comment"
    if marker == 0xE0:
        has_thumbnail = body[:5] == b"JFXX\0" or (body[:5] == b"JFIF\0" and any(body[12:14]))
        return "JFIF thumbnail" if has_thumbnail else ""
    if not 0xE1 <= marker <= 0xEF:
        return ""
    for start, name in SEGMENTS.get(marker, ()):
        if body.startswith(start):
            return name
    return f"JPEG APP{marker - 0xE0}"


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with their first bytes, up to the first scan."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in (0xDA, 0xD9):
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        yield marker, data[at + 4 : at + 2 + min(length, 64)]
        at += 2 + length
