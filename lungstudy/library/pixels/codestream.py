"""The size that a compressed DICOM frame states by itself, so that it cannot unfold into more than the header says."""

import struct

from lungstudy.library.pixels.decoded import ImageError

J2K_START = b"\xff\x4f\xff\x51"
NOT_FRAMES = {0xC4, 0xC8, 0xCC}  # tables among the markers C0 to CF of ITU-T T.81, table B.1
JPEG_LS_FRAME = 0xF7


def check_codestream(frame: bytes, width: int, height: int) -> None:
    """Refuse a JPEG, JPEG-LS or JPEG 2000 frame whose own size is not the header's."""
    stated = _jpeg_2000_size(frame) if J2K_START in frame[:256] else _jpeg_size(frame)
    if stated is None:
        raise ImageError("The DICOM's compressed picture is damaged; export it again, uncompressed if possible.")
    if stated != (width, height):
        raise ImageError(
            f"The DICOM states {width} x {height} pixels but its compressed picture has {stated[0]} x {stated[1]}; "
            f"export it again, uncompressed if possible."
        )


def _jpeg_2000_size(frame: bytes) -> tuple[int, int] | None:
    """ITU-T T.800, A.5.1: the reference grid less its offset."""
    at = frame.find(J2K_START) + 8
    if len(frame) < at + 16:
        return None
    right, bottom, left, top = struct.unpack_from(">IIII", frame, at)
    return right - left, bottom - top


def _jpeg_size(frame: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if (0xC0 <= marker <= 0xCF and marker not in NOT_FRAMES) or marker == JPEG_LS_FRAME:
            height, width = struct.unpack_from(">HH", frame, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + struct.unpack_from(">H", frame, at + 2)[0]
    return None
