"""Read PNG, JPEG and TIFF through Pillow, with the checks that Pillow does not make."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from lungstudy.library.pixels.colour import Colour, grey_of
from lungstudy.library.pixels.decoded import MAX_COLOUR_PIXELS, MAX_PIXELS, Decoded, ImageError, check_size
from lungstudy.library.pixels.embedded_names import names_in_exif, names_in_jpeg, names_in_tiff
from lungstudy.library.pixels.levels import Levels, levels_of
from lungstudy.library.pixels.png_structure import is_deep_colour, names_in_png, stated_gamma

ORIENTATION, PHOTOMETRIC, SAMPLE_FORMAT, BITS_PER_SAMPLE = 274, 262, 339, 258
PLAIN_GAMMA = 0.45455  # what sRGB has; written by most programs and without a meaning for films
GREY_MODES = {"1", "L", "I;16", "I;16B", "I;16L", "F", "I"}
MODES = {
    "1": "1 bit", "L": "grey", "LA": "grey with transparency", "La": "grey with transparency", "P": "palette",
    "PA": "palette with transparency", "RGB": "RGB", "RGBA": "RGB with transparency", "RGBa": "RGB with transparency",
    "CMYK": "CMYK", "YCbCr": "YCbCr", "LAB": "Lab", "F": "real numbers", "I": "whole numbers",
}  # fmt: skip


def read_raster(data: bytes, source_format: str) -> Decoded:
    """Decode a file that begins like a PNG, JPEG or TIFF."""
    names = names_in_png(data) if source_format == "PNG" else set()
    if source_format == "PNG" and is_deep_colour(data):
        raise ImageError("The PNG has 16 bits with colour or transparency; save it as 16-bit grey and import that.")
    with _open(data, source_format) as image:
        check_size(*image.size, MAX_PIXELS if image.mode in GREY_MODES else MAX_COLOUR_PIXELS)
        names |= _names(image, data, source_format)
        notes = _notes(image, data, source_format)
        levels, colour = _levels(image, source_format)
        # Pillow turns TIFF pictures upright by itself.
        orientation = 1 if source_format == "TIFF" else image.getexif().get(ORIENTATION, 1)
        return Decoded(
            pixels=_upright(levels.pixels, orientation),
            source_format=source_format,
            stored_bits=levels.stored_bits,
            stored_range=levels.stored_range,
            photometric=MODES.get(image.mode, "grey"),
            removed_tags=sorted(names),
            notes=[*notes, *levels.notes, *_colour_notes(colour), *_orientation_notes(orientation)],
            is_tinted=colour.is_tinted,
            colour_share=colour.own_share,
        )


def _open(data: bytes, source_format: str) -> Image.Image:
    formats = ["JPEG", "MPO"] if source_format == "JPEG" else [source_format]
    try:
        return Image.open(BytesIO(data), formats=formats)
    except Image.DecompressionBombError:
        raise ImageError("The picture claims far more pixels than fit; export it at a smaller size.") from None
    except UnidentifiedImageError:
        raise ImageError(
            f"The file begins like a {source_format} but its header cannot be read; export it again, or as plain PNG."
        ) from None


def _names(image: Image.Image, data: bytes, source_format: str) -> set[str]:
    names = names_in_exif(image)
    if source_format == "JPEG":
        names |= names_in_jpeg(data)
    if source_format == "TIFF":
        names = {name for name in names if not name.startswith("EXIF tag")} | names_in_tiff(image)
    return names


def _notes(image: Image.Image, data: bytes, source_format: str) -> list[str]:
    notes = []
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        notes.append(f"The first of {frames} pictures in the file was taken.")
        image.seek(0)
    gamma = stated_gamma(data) if source_format == "PNG" else None
    if gamma is not None and abs(gamma - PLAIN_GAMMA) > 0.01:
        notes.append(f"The file asks for a gamma of {gamma:g}, which was not applied.")
    return notes


def _levels(image: Image.Image, source_format: str) -> tuple[Levels, Colour]:
    if source_format == "TIFF":
        _check_tiff(image)
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError):
        raise ImageError(f"The {source_format} is cut short or damaged; copy or export it again.") from None
    if image.mode in ("F", "I") or image.mode.startswith("I;16"):
        return _turned(levels_of(_numbers(image)), image), Colour()
    pixels, colour = grey_of(image)
    bits = 1 if image.mode == "1" else 8
    return Levels(pixels, bits, (float(pixels.min()), float(pixels.max()))), colour


def _numbers(image: Image.Image) -> NDArray[Any]:
    values = np.asarray(image)
    return values.astype(np.uint16) if image.mode.startswith("I;16") else values


def _turned(levels: Levels, image: Image.Image) -> Levels:
    """Pillow inverts white-is-zero TIFFs of 8 bits only."""
    if getattr(image, "tag_v2", {}).get(PHOTOMETRIC) != 0:
        return levels
    top = np.iinfo(levels.pixels.dtype).max
    return Levels(top - levels.pixels, levels.stored_bits, levels.stored_range, levels.notes)


def _check_tiff(image: Image.Image) -> None:
    """Refuse the layouts that Pillow would read as something else."""
    tags = getattr(image, "tag_v2", {})
    bits = tags.get(BITS_PER_SAMPLE, (1,))
    is_deep = len(bits) > 1 and max(bits) > 8
    is_signed_byte = max(bits) == 8 and 2 in tags.get(SAMPLE_FORMAT, (1,))
    if is_deep or is_signed_byte:
        raise ImageError("The TIFF stores its levels in an unusual way; save it as 8- or 16-bit grey and import that.")


def _upright(pixels: NDArray[Any], orientation: object) -> NDArray[Any]:
    """EXIF 2.32, tag 274: 2 to 4 mirror and turn by half, 5 to 8 exchange rows and columns first."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.T
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _colour_notes(colour: Colour) -> list[str]:
    return ["The film was stored in a tint, which was dropped."] if colour.is_tinted else []


def _orientation_notes(orientation: object) -> list[str]:
    return ["Turned upright as its EXIF says."] if orientation in range(2, 9) else []
