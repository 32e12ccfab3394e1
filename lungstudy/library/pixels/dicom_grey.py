"""From stored DICOM numbers to grey levels: modality table, window, inversion (PS3.3 C.7.6.3, C.11.1, C.11.2).

Sixteen bits have 65,536 possible numbers, so the whole way is worked out once for each and looked up for the pixels.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi

from lungstudy.library.pixels.arrays import Grey
from lungstudy.library.pixels.decoded import ImageError
from lungstudy.library.pixels.levels import used_depth
from lungstudy.library.pixels.windows import apply_window

INVERTED = "MONOCHROME1"


@dataclass(frozen=True)
class Shown:
    """Numbers from 0 (black) to 1 (white) for each possible stored number, and what was done."""

    fractions: NDArray[np.float64]
    window: str = ""
    note: str = ""


@dataclass(frozen=True)
class GreyLevels:
    """Pixels and what must be said about them."""

    pixels: Grey
    stored_bits: int
    stored_range: tuple[float, float]
    window: str
    notes: list[str]


def grey_levels(dataset: Dataset, stored: NDArray[Any], ct_window: tuple[float, float]) -> GreyLevels:
    """Grey levels of one MONOCHROME frame, bright where the body is dense."""
    if stored.dtype.kind not in "iu" or stored.dtype.itemsize > 2:
        raise ImageError("The DICOM stores more than 16 bits a pixel; export it with 16 or fewer.")
    stored = stored.astype(stored.dtype.newbyteorder("="), copy=False)
    low, high = int(stored.min()), int(stored.max())
    numbers = _possible(stored)
    shown = _shown(dataset, numbers, (low, high), ct_window)
    fractions = 1 - shown.fractions if _is_inverted(dataset) else shown.fractions
    stored_bits = int(dataset.BitsStored)
    depth: type[Any] = np.uint8 if stored_bits <= 8 else np.uint16
    table = np.rint(fractions * np.iinfo(depth).max).astype(depth)
    pixels = table[stored.view(f"u{stored.dtype.itemsize}")]
    return GreyLevels(pixels, stored_bits, (low, high), shown.window, [shown.note] if shown.note else [])


def _possible(stored: NDArray[Any]) -> NDArray[Any]:
    """Every number that the pixels could hold, at the place of its bits."""
    width = stored.dtype.itemsize
    return np.arange(256**width, dtype=f"u{width}").view(f"{stored.dtype.kind}{width}")


def _shown(dataset: Dataset, numbers: NDArray[Any], found: tuple[int, int], ct_window: tuple[float, float]) -> Shown:
    values, is_rescaled = _modality_values(dataset, numbers)
    if is_ct_slice(dataset):
        if not is_rescaled:
            raise ImageError("The CT slice does not say how its numbers become Hounsfield units; export it again.")
        centre, width = ct_window
        return Shown(apply_window(values, centre, width), f"{centre:g} / {width:g} HU")
    if dataset.get("VOILUTSequence"):
        return _through_table(dataset, values)
    whole = _whole_range(dataset, values, numbers, found, is_rescaled)
    if (stated := _stated_window(dataset)) is None:
        return whole
    centre, width, function = stated
    ends = values[(numbers == found[0]) | (numbers == found[1])]
    if ends.max() < centre - width / 2 or ends.min() > centre + width / 2:
        return replace(whole, note="The grey window of the file lies beside all of its numbers and was not applied.")
    text = f"of the file ({centre:g} / {width:g})"
    return Shown(apply_window(values, centre, width, function), text, "The grey window of the file was applied.")


def is_ct_slice(dataset: Dataset) -> bool:
    """A CT picture in Hounsfield units, and no scout view."""
    kinds = dataset.get("ImageType") or []
    return dataset.get("Modality") == "CT" and "LOCALIZER" not in kinds


def _modality_values(dataset: Dataset, numbers: NDArray[Any]) -> tuple[NDArray[Any], bool]:
    if dataset.get("ModalityLUTSequence"):
        return np.asarray(apply_modality_lut(numbers, dataset)), True
    source = frame_item(dataset, "PixelValueTransformationSequence") or dataset
    slope, intercept = source.get("RescaleSlope"), source.get("RescaleIntercept")
    if slope is None or intercept is None:
        return numbers, False
    slope, intercept = float(slope), float(intercept)
    if not (np.isfinite(slope) and np.isfinite(intercept) and slope != 0):
        raise ImageError("The DICOM's rescale slope or intercept is no usable number; export it again.")
    if (slope, intercept) == (1, 0):
        return numbers, dataset.get("Modality") == "CT"
    return numbers * slope + intercept, True


def _through_table(dataset: Dataset, values: NDArray[Any]) -> Shown:
    top = 2 ** int(dataset.VOILUTSequence[0].LUTDescriptor[2]) - 1
    looked_up = apply_voi(np.rint(values).astype(np.int64), dataset)
    return Shown(np.clip(looked_up / top, 0, 1), "of the file (table)", "The grey table of the file was applied.")


def _stated_window(dataset: Dataset) -> tuple[float, float, str] | None:
    source = frame_item(dataset, "FrameVOILUTSequence") or dataset
    centre, width = _first(source.get("WindowCenter")), _first(source.get("WindowWidth"))
    function = str(source.get("VOILUTFunction") or "LINEAR")
    is_usable = centre is not None and width is not None and np.isfinite([centre, width]).all() and width >= 1
    return (centre, width, function) if is_usable and centre is not None and width is not None else None


def _first(value: Any) -> float | None:
    """The first of several alternative windows."""
    first = value[0] if hasattr(value, "__len__") and not isinstance(value, str) and len(value) else value
    try:
        return float(first)
    except (TypeError, ValueError):
        return None


def _whole_range(
    dataset: Dataset, values: NDArray[Any], numbers: NDArray[Any], found: tuple[int, int], is_rescaled: bool
) -> Shown:
    """Without a window: the stated depth where the numbers start at 0, else from the darkest to the brightest."""
    low, high = found
    bits = int(dataset.BitsStored)
    if low >= 0 and not is_rescaled:
        bits = bits if bits <= 8 else min(bits, used_depth(high))
        return Shown(np.clip(numbers / (2**bits - 1), 0, 1))
    ends = values[(numbers == low) | (numbers == high)].astype(np.float64)
    black, white = float(ends.min()), float(ends.max())
    note = f"The file states no grey window: {black:g} was shown as black and {white:g} as white."
    return Shown(np.clip((values - black) / max(white - black, 1e-9), 0, 1), note=note)


def _is_inverted(dataset: Dataset) -> bool:
    inverse = dataset.get("PresentationLUTShape") == "INVERSE"
    return inverse or str(dataset.PhotometricInterpretation) == INVERTED


def frame_item(dataset: Dataset, keyword: str) -> Dataset | None:
    """The item of an enhanced multi-frame file that speaks about its first frame."""
    for groups in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
        items = dataset.get(groups)
        found = items[0].get(keyword) if items else None
        if found:
            item: Dataset = found[0]
            return item
    return None
