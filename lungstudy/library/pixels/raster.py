"""PNG, JPEG and TIFF through Pillow, of any mode, to grey pixels."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.decoded import Decoded, ImageError, check_size

READ = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG", b"II*\x00": "TIFF", b"MM\x00*": "TIFF"}
NOT_READ = {
    b"GIF8": "GIF", b"BM": "BMP", b"RIFF": "WebP", b"\x00\x00\x00\x0cjP": "JPEG 2000", b"\xffO\xffQ": "JPEG 2000",
    b"%PDF": "PDF", b"PK\x03\x04": "zip", b"<": "web page", b"{": "text",
}  # fmt: skip
MULTI_PICTURE = "MPO"
COLOUR_STEP = 40
"""Levels between a pixel's strongest and weakest channel from which it counts as coloured."""

TIFF_PHOTOMETRIC = 262
HARMLESS_TIFF_TAGS = {254, 256, 257, 258, 259, TIFF_PHOTOMETRIC, 266, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317,
                      320, 322, 323, 324, 325, 338, 339}  # fmt: skip
"""Tags that only say how pixels are stored."""

HARMLESS_EXIF = {0x0112, 0x011A, 0x011B, 0x0128, 0x0213, 0x8769, 0x8825, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106}
EMBEDDED_BLOCKS = {
    "icc_profile": "ICC profile",
    "photoshop": "Photoshop block",
    "comment": "JPEG comment",
    "xmp": "XMP",
}


def sniff(data: bytes) -> str:
    """Name of the raster format of a file's first bytes; empty where it may be DICOM.

    Raises
    ------
    ImageError
        The content is a format that is known and not read.
    """
    if data[128:132] == b"DICM":
        return ""  # some DICOM files carry a TIFF header in their preamble
    for start, name in READ.items():
        if data.startswith(start):
            return name
    for start, name in NOT_READ.items():
        if data.startswith(start):
            raise ImageError(f"The file is a {name}, which is not read. Save the picture as PNG, JPEG, TIFF or DICOM.")
    return ""


def read_raster(data: bytes) -> Decoded:
    """Read a PNG, JPEG or TIFF."""
    kind = sniff(data)
    with _open(data, kind) as opened:
        check_size(*opened.size)
        removed = sorted(identifying_blocks(opened, kind))
        notes = _notes(opened)
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        photometric = opened.tag_v2.get(TIFF_PHOTOMETRIC) if hasattr(opened, "tag_v2") else None
    pixels, colour = to_grey(upright, white_is_zero=photometric == 0)
    return Decoded(pixels, kind, colour=colour, removed_tags=removed, notes=notes)


def _open(data: bytes, kind: str) -> Image.Image:
    formats = [kind, MULTI_PICTURE] if kind == "JPEG" else [kind]
    try:
        if kind == "PNG":
            Image.open(io.BytesIO(data), formats=formats).verify()  # checksums, which loading alone passes over
        return Image.open(io.BytesIO(data), formats=formats)
    except Image.DecompressionBombError as error:
        raise ImageError("The picture unpacks to far more than its file. Make it smaller, then import it.") from error


def _notes(opened: Image.Image) -> list[str]:
    frames = getattr(opened, "n_frames", 1)
    return [f"The file holds {frames} pictures; the first was taken."] if frames > 1 else []


def identifying_blocks(opened: Image.Image, kind: str) -> set[str]:
    """Names of the metadata that a picture carries beside its pixels."""
    found = {label for key, label in EMBEDDED_BLOCKS.items() if opened.info.get(key)}
    found |= {f"PNG text: {name}" for name in getattr(opened, "text", {})}
    exif = opened.getexif()
    found |= {f"EXIF {ExifTags.TAGS.get(tag, hex(tag))}" for tag in exif if tag not in HARMLESS_EXIF and kind != "TIFF"}
    for block in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        names = ExifTags.GPSTAGS if block == ExifTags.IFD.GPSInfo else ExifTags.TAGS
        found |= {f"EXIF {names.get(tag, hex(tag))}" for tag in exif.get_ifd(block)}
    if kind == "TIFF":
        tags = set(exif) - HARMLESS_TIFF_TAGS
        found |= {f"TIFF {ExifTags.TAGS.get(tag, tag)}" for tag in tags}
    return found


def to_grey(picture: Image.Image, *, white_is_zero: bool = False) -> tuple[Grey, float]:
    """Grey pixels of a Pillow picture of any mode, and the share of clearly coloured ones."""
    if picture.mode.startswith("I;16") or picture.mode == "I":
        deep = np.asarray(picture).astype(np.int64)
        grey = full_range(deep)
        return (np.uint16(65_535) - grey if white_is_zero else grey), 0.0
    if picture.mode == "F":
        return stretched(np.asarray(picture, dtype=np.float64)), 0.0
    if picture.mode in ("1", "L"):
        return np.asarray(picture.convert("L"), dtype=np.uint8), 0.0
    return _flattened(picture)


def _flattened(picture: Image.Image) -> tuple[Grey, float]:
    """Colour and transparency: over black, then by luminance."""
    if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", clear.size, (0, 0, 0, 255)), clear)
    rgb = picture.convert("RGB")
    channels = np.asarray(rgb)
    spread = channels.max(axis=2) - channels.min(axis=2)
    return np.asarray(rgb.convert("L"), dtype=np.uint8), float((spread > COLOUR_STEP).mean())


def full_range(deep: NDArray[np.int64]) -> NDArray[np.uint16]:
    """16-bit pixels from integers of 9 to 16 bits: scaled by the smallest usual depth that holds the brightest."""
    if deep.min() < 0 or deep.max() > 65_535:
        return stretched(deep.astype(np.float64))
    brightest = int(deep.max())
    bits = next(bits for bits in (10, 12, 14, 16) if brightest < 2**bits)
    return np.asarray(np.rint(deep * (65_535 / (2**bits - 1))), dtype=np.uint16)


def stretched(values: NDArray[np.float64]) -> NDArray[np.uint16]:
    """16-bit pixels from any numbers: the darkest goes to 0, the brightest to 65,535."""
    finite = np.isfinite(values)
    if not finite.all():
        raise ImageError("The picture holds values that are no numbers. Save it again from its source.")
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(values.shape, dtype=np.uint16)
    return np.asarray(np.rint((values - low) * (65_535 / (high - low))), dtype=np.uint16)
