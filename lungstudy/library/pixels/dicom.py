"""DICOM through pydicom and GDCM: display pixels of the first frame, and nothing that identifies anybody."""

import io
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut, convert_color_space
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian

from lungstudy.library.pixels.decoded import MOST_PIXELS, Decoded, ImageError, check_size
from lungstudy.library.pixels.identity import identifying_tags
from lungstudy.library.pixels.raster import stretched, to_grey

LUNG_WINDOW = (-600.0, 1500.0)
"""Level and width in Hounsfield units in which CT slices are read unless another window is stated."""

MOST_BYTES = 4 * MOST_PIXELS
FLAT = "none: the file's own shows nothing"
OLDEST_AGE = 89
"""Ages above are told as "90+ y": so few people reach them that the age alone may identify."""


def read_dicom(data: bytes, ct_window: tuple[float, float]) -> Decoded:
    """Read a DICOM file, with or without preamble and file meta information."""
    dataset = _parsed(data)
    syntax = _transfer_syntax(dataset)
    frames = int(dataset.get("NumberOfFrames") or 1)
    values, notes = _values(dataset)
    if frames > 1:
        notes.insert(0, f"The file holds {frames} frames; the first was taken.")
    if str(dataset.get("BurnedInAnnotation", "")).upper() == "YES":
        notes.append("The file says that text is burnt into its pixels; look for names.")
    modality = str(dataset.get("Modality", ""))
    if values.ndim == 3:
        pixels, colour = to_grey(Image.fromarray(values))
        window = ""
    else:
        pixels, window = _displayed(dataset, values, ct_window if modality == "CT" else None)
        colour = 0.0
        if window == FLAT:
            notes.append("The window that the file states shows one grey only; the full range was taken.")
    return Decoded(
        pixels, f"DICOM, {syntax.name}", modality, window, colour, identifying_tags(dataset), notes, _facts(dataset)
    )


def _parsed(data: bytes) -> Dataset:
    refuse_deflated_bomb(data)
    dataset = dcmread(io.BytesIO(data), force=True)
    if len(dataset) == 0 or not (dataset.get("SOPClassUID") or dataset.get("Rows") or dataset.get("Modality")):
        raise ImageError("The file is no picture. Import PNG, JPEG, TIFF or DICOM files.")
    if "PixelData" not in dataset:
        kind = f" (modality {dataset.Modality})" if dataset.get("Modality") else ""
        raise ImageError(f"The DICOM file holds no picture{kind}. Leave it out, or export the image itself.")
    check_size(int(dataset.get("Columns") or 0), int(dataset.get("Rows") or 0))
    return dataset


def refuse_deflated_bomb(data: bytes) -> None:
    """A deflated file is unpacked whole when it is parsed; refuse one that unpacks to too much."""
    if data[128:132] != b"DICM":
        return
    # The first element is the length of the meta information (PS3.10, 7.1); what follows that is deflated.
    start = 144 + int.from_bytes(data[140:144], "little")
    if DeflatedExplicitVRLittleEndian.encode() not in data[144:start]:
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    unpacker.decompress(data[start:], MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise ImageError("The DICOM file unpacks to far more than its size. Export the image alone, uncompressed.")


def _transfer_syntax(dataset: Dataset) -> UID:
    meta = getattr(dataset, "file_meta", None)
    if meta is None or not meta.get("TransferSyntaxUID"):
        # Files without meta information were read as what pydicom found them to be: nearly always this one.
        dataset.ensure_file_meta()
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return UID(dataset.file_meta.TransferSyntaxUID)


def _values(dataset: Dataset) -> tuple[NDArray[np.generic], list[str]]:
    """The first frame as stored: two-dimensional, or RGB where the file is in colour."""
    photometric = str(dataset.get("PhotometricInterpretation", "MONOCHROME2"))
    values = pixel_array(dataset, index=0, raw=True)
    if photometric == "PALETTE COLOR":
        rgb = np.asarray(apply_color_lut(values, dataset))
        return _eight_bits(rgb), ["The file was in palette colour; it was made grey."]
    if values.ndim == 3:
        if photometric.startswith("YBR"):
            values = convert_color_space(values, photometric, "RGB")
        return _eight_bits(values), ["The file was in colour; it was made grey."]
    return values, []


def _eight_bits(rgb: NDArray[np.generic]) -> NDArray[np.uint8]:
    return rgb.astype(np.uint8) if rgb.dtype == np.uint8 else (rgb.astype(np.uint16) >> 8).astype(np.uint8)


def _displayed(
    dataset: Dataset, stored: NDArray[np.generic], ct_window: tuple[float, float] | None
) -> tuple[NDArray[np.uint8] | NDArray[np.uint16], str]:
    """Modality LUT, then the window, then MONOCHROME1 turned over; and the window in words."""
    real = np.asarray(apply_modality_lut(stored, dataset))
    if ct_window:
        level, width = ct_window
        shown = np.clip((real.astype(np.float64) - level) / width + 0.5, 0, 1)
        pixels, window = np.asarray(np.rint(shown * 65_535), dtype=np.uint16), f"level {level:g}, width {width:g} HU"
    elif "WindowCenter" in dataset or "VOILUTSequence" in dataset:
        shown = np.asarray(apply_voi_lut(real, dataset, index=0), dtype=np.float64)
        flat = shown.min() == shown.max()
        pixels, window = stretched(real.astype(np.float64) if flat else shown), FLAT if flat else "of the file"
    elif real.dtype == np.uint8:
        pixels, window = real, ""
    else:
        pixels, window = stretched(real.astype(np.float64)), ""
    if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
        pixels = np.asarray(np.iinfo(pixels.dtype).max - pixels, dtype=pixels.dtype)
    return pixels, window


def _facts(dataset: Dataset) -> dict[str, str]:
    return {
        "view": str(dataset.get("ViewPosition", "") or ""),
        "sex": str(dataset.get("PatientSex", "") or ""),
        "age": _age(str(dataset.get("PatientAge", "") or "")),
        "patient_id": str(dataset.get("PatientID", "") or ""),
    }


def _age(stated: str) -> str:
    """DICOM's "045Y" as "45 y"; empty where it is not of that form."""
    number, unit = stated[:-1], stated[-1:].lower()
    if not number.isdigit() or unit not in "dwmy":
        return ""
    if unit == "y" and int(number) > OLDEST_AGE:
        return "90+ y"
    return f"{int(number)} {unit}"
