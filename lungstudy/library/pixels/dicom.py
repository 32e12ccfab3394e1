"""Read DICOM through pydicom, compressed ones through GDCM: one frame, its grey levels, and no header."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000TransferSyntaxes,
    JPEGLSTransferSyntaxes,
    JPEGTransferSyntaxes,
)

from lungstudy.library.pixels.codestream import check_codestream
from lungstudy.library.pixels.colour import Colour, grey_of
from lungstudy.library.pixels.decoded import MAX_COLOUR_PIXELS, MAX_PIXELS, Decoded, ImageError, check_size
from lungstudy.library.pixels.dicom_grey import GreyLevels, grey_levels
from lungstudy.library.pixels.dicom_tags import code_string, kept_facts, patient_id, removed_names
from lungstudy.library.pixels.gdcm_frame import GDCM
from lungstudy.library.pixels.inflating import check_deflated

LUNG_WINDOW = (-600.0, 1500.0)  # centre and width in Hounsfield units, unless another window is stated
COLOUR_SPACES = {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT"}
GDCM_SYNTAXES = {*JPEGTransferSyntaxes, *JPEGLSTransferSyntaxes, *JPEG2000TransferSyntaxes}
PHOTOMETRIC = {"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", *COLOUR_SPACES}
WITHOUT_PICTURE = {
    "SR": "a structured report", "PR": "a presentation state", "KO": "a list of key pictures", "DOC": "a document",
    "RTSTRUCT": "a set of contours", "RTPLAN": "a treatment plan", "RTDOSE": "a dose", "RTRECORD": "a treatment record",
    "REG": "a registration", "SEG": "a segmentation", "ECG": "an ECG", "HD": "a waveform", "AU": "a sound",
    "PLAN": "a plan", "FID": "a set of fiducials",
}  # fmt: skip


def read_dicom(data: bytes, ct_window: tuple[float, float]) -> Decoded:
    """Decode the first frame of a DICOM file."""
    check_deflated(data)
    dataset = dcmread(BytesIO(data), force=True)
    _require_picture(dataset)
    _state_transfer_syntax(dataset)
    stored = _first_frame(dataset, data)
    levels, colour = _levels(dataset, stored, ct_window)
    return Decoded(
        pixels=levels.pixels,
        source_format="DICOM",
        stored_bits=levels.stored_bits,
        stored_range=levels.stored_range,
        photometric=_photometric(dataset),
        modality=code_string(dataset, "Modality"),
        transfer_syntax=_name(dataset.file_meta.TransferSyntaxUID),
        window=levels.window,
        facts=kept_facts(dataset),
        patient_id=patient_id(dataset),
        removed_tags=sorted(removed_names(dataset)),
        notes=[*_notes(dataset), *levels.notes],
        has_burnt_in_text=_has_burnt_in_text(dataset),
        is_tinted=colour.is_tinted,
        colour_share=colour.own_share,
    )


def _require_picture(dataset: Dataset) -> None:
    """Refuse what is no picture, or one that is too large, before anything is decoded."""
    if (modality := code_string(dataset, "Modality")) in WITHOUT_PICTURE:
        raise ImageError(f"The DICOM is {WITHOUT_PICTURE[modality]} ({modality}) and no picture; leave it out.")
    if not dataset.get("PixelData"):
        raise ImageError("The DICOM has no pixel data; export it again together with its picture.")
    needed = ("Rows", "Columns", "BitsAllocated", "BitsStored", "PhotometricInterpretation")
    missing = [keyword for keyword in needed if dataset.get(keyword) is None]
    if missing:
        raise ImageError(f"The DICOM lacks {', '.join(missing)}, without which no picture is read; export it again.")
    is_grey = str(dataset.PhotometricInterpretation).startswith("MONOCHROME")
    check_size(int(dataset.Columns), int(dataset.Rows), MAX_PIXELS if is_grey else MAX_COLOUR_PIXELS)
    if dataset.BitsAllocated not in (1, 8, 16) or not 1 <= dataset.BitsStored <= dataset.BitsAllocated:
        raise ImageError("The DICOM's depth is not among 1, 8 and 16 bits; export it with 16 bits.")


def _state_transfer_syntax(dataset: Dataset) -> None:
    """Files without a header of their own do not name it; pydicom has found out how to read them."""
    if "TransferSyntaxUID" not in dataset.file_meta:
        is_implicit = dataset.original_encoding[0]
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian


def _first_frame(dataset: Dataset, data: bytes) -> NDArray[Any]:
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        if syntax not in GDCM_SYNTAXES:
            return np.asarray(pixel_array(dataset, index=0))
        frame = get_frame(dataset.PixelData, 0, number_of_frames=_frames(dataset))
        check_codestream(frame, int(dataset.Columns), int(dataset.Rows))
        return GDCM.first_frame(data)
    except ImageError:
        raise
    except Exception as error:  # each decoder has errors of its own
        raise ImageError(
            f"The DICOM's picture ({_name(syntax)}) is cut short or damaged; export it again, uncompressed if possible."
        ) from error


def _levels(dataset: Dataset, stored: NDArray[Any], ct_window: tuple[float, float]) -> tuple[GreyLevels, Colour]:
    """Grey levels of a grey, palette or colour frame."""
    photometric = _photometric(dataset)
    if photometric in ("MONOCHROME1", "MONOCHROME2") and stored.ndim == 2:
        return grey_levels(dataset, stored, ct_window), Colour()
    if photometric == "PALETTE COLOR":
        stored = apply_color_lut(stored, dataset)
        stored = (stored // 257).astype(np.uint8) if stored.dtype == np.uint16 else stored
    if stored.ndim != 3 or stored.dtype != np.uint8:
        raise ImageError(f"The DICOM's {photometric} picture is of a kind that is not read; export it as MONOCHROME2.")
    pixels, colour = grey_of(Image.fromarray(np.ascontiguousarray(stored[..., :3])))
    return GreyLevels(pixels, 8, (float(pixels.min()), float(pixels.max())), "", []), colour


def _name(syntax: UID) -> str:
    """The published name; what is not published might be anything that somebody wrote there."""
    return syntax.name if syntax.name != str(syntax) else "unknown transfer syntax"


def _photometric(dataset: Dataset) -> str:
    stated = str(dataset.PhotometricInterpretation)
    return stated if stated in PHOTOMETRIC else "unknown"


def _frames(dataset: Dataset) -> int:
    return int(dataset.get("NumberOfFrames") or 1)


def _notes(dataset: Dataset) -> list[str]:
    notes = []
    if (frames := _frames(dataset)) > 1:
        notes.append(f"The first of {frames} frames was taken.")
    if _has_burnt_in_text(dataset):
        notes.append("BurnedInAnnotation YES: a name may be written in the picture; look before you use it.")
    if any(tag.group & 0xFF00 == 0x6000 for tag in dataset.keys()):  # noqa: SIM118 - keys are tags, items are values
        notes.append("Overlay planes were dropped.")
    if dataset.get("PresentationIntentType") == "FOR PROCESSING":
        notes.append("The film is raw (FOR PROCESSING), not as radiologists see it.")
    return [*notes, *_aspect_notes(dataset)]


def _has_burnt_in_text(dataset: Dataset) -> bool:
    return code_string(dataset, "BurnedInAnnotation") == "YES"


def _aspect_notes(dataset: Dataset) -> list[str]:
    """Pixels that are not square are kept as they are stored."""
    for keyword in ("PixelAspectRatio", "PixelSpacing", "ImagerPixelSpacing"):
        stated = dataset.get(keyword)
        if stated is not None and len(stated) == 2:
            down, across = (float(side) for side in stated)
            if down > 0 and across > 0 and abs(down / across - 1) > 0.01:
                return [f"The pixels are not square ({keyword} {down:g} x {across:g}) and were kept as stored."]
    return []
