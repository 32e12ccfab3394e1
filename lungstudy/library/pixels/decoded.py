"""What reading one file gives: grey pixels, and what must be said about where they came from."""

from dataclasses import dataclass, field

from lungstudy.library.pixels.encoding import Grey


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
    removed_tags: list[str] = field(default_factory=list)
    """Sorted names, never values, of what the file held beside its picture."""
    notes: list[str] = field(default_factory=list)
    """Sentences for whoever imports."""
    is_tinted: bool = False
    """The greys were stored in a colour (blue film base, sepia)."""
    colour_share: float = 0.0
    """Share of pixels with a colour of their own, as arrows and captions have."""

    @property
    def bits(self) -> int:
        """Depth of the pixels: 8 or 16."""
        return 8 * int(self.pixels.dtype.itemsize)
