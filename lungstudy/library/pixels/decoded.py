"""What reading a picture file gives, and the limits on what is read."""

from dataclasses import dataclass, field

from lungstudy.library.pixels.arrays import Grey

MOST_PIXELS = 64_000_000
"""Larger pictures are refused from their header, before a pixel is decoded."""

FEWEST_PIXELS = 64
"""Pictures whose longest side is shorter show nothing to a reader."""


class ImageError(ValueError):
    """A file that cannot be used: what is wrong, then what to do."""


@dataclass(frozen=True)
class Decoded:
    """A picture and what its file told.

    Attributes
    ----------
    pixels : ndarray of uint8 or uint16, shape (height, width)
        Grey, bright where the body is dense (MONOCHROME1 is inverted), upright by EXIF, over black where the file
        was transparent. 16-bit pixels use the whole range: 12-bit data are scaled up, never cut to a high byte.
    source_format : str
        "PNG", "JPEG", "TIFF", or "DICOM" with its transfer syntax.
    modality : str
        As a DICOM file states it, else empty.
    window : str
        The grey window that was applied, in words, else empty.
    colour : float
        Share of pixels, 0 to 1, that were clearly coloured before they were made grey.
    removed_tags : list of str
        Names of all that could identify somebody and was dropped, sorted; never a value.
    notes : list of str
        What a person should know of the reading, in sentences.
    facts : dict of str to str
        `view`, `sex`, `age` and `patient_id` of a DICOM file; the id serves to make a pseudonym and is never stored.
    """

    pixels: Grey
    source_format: str
    modality: str = ""
    window: str = ""
    colour: float = 0.0
    removed_tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)


def check_size(width: int, height: int) -> None:
    """Refuse, from the header alone, a picture that is too large or too small to use."""
    if width * height > MOST_PIXELS:
        raise ImageError(
            f"The picture has {width} × {height} pixels, more than the {MOST_PIXELS // 1_000_000} million that are "
            "read. Make it smaller, then import it again."
        )
    if max(width, height) < FEWEST_PIXELS:
        raise ImageError(f"The picture is only {width} × {height} pixels. Import it at its original size.")
