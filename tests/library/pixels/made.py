"""Pictures and files made for the tests: a film-like picture, and any format that can hold it."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    generate_uid,
)


def film(height: int = 230, width: int = 210) -> NDArray[np.uint8]:
    """Two dark lungs beside a bright middle, the heart on the image's right, so that no mirroring goes unseen."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    levels = np.full((height, width), 110.0)
    for centre in (0.28, 0.72):
        levels -= 80 * (((x - centre) / 0.16) ** 2 + ((y - 0.45) / 0.32) ** 2 < 1)
    levels += 70 * (np.abs(x - 0.5) < 0.07) + 40 * (((x - 0.6) / 0.12) ** 2 + ((y - 0.62) / 0.13) ** 2 < 1)
    levels += 25 * y + np.random.default_rng(7).normal(0, 2, levels.shape)
    return np.clip(levels, 0, 255).astype(np.uint8)


def saved(picture: NDArray[Any] | Image.Image, file_format: str, **options: Any) -> bytes:
    """The picture as a file."""
    target = BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(target, file_format, **options)
    return target.getvalue()


def header(stored: NDArray[Any], **elements: Any) -> FileDataset:
    """An uncompressed DX film; `elements` are set as they are, and left out where None."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = elements.pop("syntax", ExplicitVRLittleEndian)
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["made for a test"])
    is_little = meta.TransferSyntaxUID != ExplicitVRBigEndian
    dataset = FileDataset("", {}, b"\0" * 128, meta, is_implicit_VR=False, is_little_endian=is_little)
    dataset.SOPClassUID, dataset.Modality = DigitalXRayImageStorageForPresentation, "DX"
    dataset.Rows, dataset.Columns = stored.shape[-2:] if stored.ndim < 4 else stored.shape[1:3]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 8 * stored.dtype.itemsize
    dataset.PixelRepresentation = int(stored.dtype.kind == "i")
    dataset.PixelData = stored.astype(stored.dtype.newbyteorder("<")).tobytes()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value) if value is not None else delattr(dataset, keyword)
    dataset.HighBit = dataset.BitsStored - 1
    return dataset


def dicom(stored: NDArray[Any], **elements: Any) -> bytes:
    """A DICOM file of these stored numbers."""
    dataset = header(stored, **elements)
    if dataset.file_meta.TransferSyntaxUID == ExplicitVRBigEndian:
        dataset.PixelData = stored.astype(stored.dtype.newbyteorder(">")).tobytes()
    return written(dataset)


def written(dataset: Dataset) -> bytes:
    target = BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def compressed(stored: NDArray[Any], syntax: str, frame: bytes, **elements: Any) -> bytes:
    """A DICOM file whose only frame is this compressed one."""
    dataset = header(stored, syntax=syntax, **elements)
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    return written(dataset)


def ct(hounsfield: NDArray[np.int16], **elements: Any) -> bytes:
    """A CT slice whose stored numbers are Hounsfield units plus 1024."""
    stored = (hounsfield + 1024).astype(np.int16)
    stated = {"SOPClassUID": CTImageStorage, "Modality": "CT", "RescaleSlope": 1, "RescaleIntercept": -1024}
    return dicom(stored, **stated, **elements)


def lookup_table(entries: NDArray[np.uint16], first: int) -> Sequence:
    """A VOI or modality LUT of 16 bits."""
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), first, 16])
    item.add_new("LUTData", "US", entries.tolist())
    return Sequence([item])


UNCOMPRESSED = [ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
