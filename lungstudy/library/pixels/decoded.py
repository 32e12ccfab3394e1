"""What reading one file gives, the one error that it raises, and the limits on what is read."""

from dataclasses import dataclass, field

from lungstudy.library.pixels.arrays import Grey

MAX_PIXELS = (
    48_000_000  # one side of a 30 x 35 cm film at 0.05 mm is 7000 px; the largest plates sold give 19 megapixels
)
MAX_COLOUR_PIXELS = MAX_PIXELS // 2  # they take four bytes each while they are made grey
MIN_SIDE = 64


class ImageError(ValueError):
    """Why a file is no picture for the library, and what to do, in one sentence for the user."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """One picture as grey levels, bright where the body is dense, and nothing that identifies anybody.

    Eight-bit sources keep their levels in uint8. Deeper ones fill uint16: `stored_bits` of the source become the
    whole range 0..65535, so that a 12-bit film is no black square in a 16-bit file.
    """

    pixels: Grey
    source_format: str
    """PNG, JPEG, TIFF or DICOM, by content."""
    stored_bits: int
    """Bits that the source uses for one grey level."""
    stored_range: tuple[float, float]
    """Darkest and brightest number in the source, before any window."""
    photometric: str
    """How the source states its greys: MONOCHROME1, RGB, palette ..."""
    modality: str = ""
    """As DICOM states it; empty for everything else."""
    transfer_syntax: str = ""
    window: str = ""
    """The grey window that was applied, in words; empty where none was."""
    facts: dict[str, str] = field(default_factory=dict)
    """Not identifying: view, laterality, sex, age in years (90+ above 89), body_part; only those that are known."""
    patient_id: str = field(default="", repr=False)
    """Identifying: only to be turned into a pseudonym at once, so that films of one patient stay together."""
    removed_tags: list[str] = field(default_factory=list)
    """Sorted names, never values, of what the file held beside its picture."""
    notes: list[str] = field(default_factory=list)
    """Sentences for whoever imports."""
    has_burnt_in_text: bool = False
    """DICOM says that text is part of the picture."""
    is_tinted: bool = False
    """The greys were stored in a colour (blue film base, sepia)."""
    colour_share: float = 0.0
    """Share of pixels with a colour of their own, as arrows and captions have."""

    @property
    def bits(self) -> int:
        """Depth of the pixels: 8 or 16."""
        return 8 * int(self.pixels.dtype.itemsize)


def check_size(width: int, height: int, most: int = MAX_PIXELS) -> None:
    """Refuse pictures that are too large or too small, from their header and before any pixel is decoded."""
    if width * height > most:
        raise ImageError(
            f"The picture has {width} x {height} pixels, more than the {most // 1_000_000} million that fit; "
            f"export it at a smaller size."
        )
    if min(width, height) < MIN_SIDE:
        raise ImageError(
            f"The picture has only {width} x {height} pixels; each side needs at least {MIN_SIDE}, "
            f"so import the original and not a thumbnail."
        )
