"""How far two masks of one picture agree: Dice, intersection over union, and the distance of their outlines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]

BOTH_EMPTY = "Both masks are empty, so nothing can overlap."
ONE_EMPTY = "One mask is empty, so it has no outline to measure from."


@dataclass(frozen=True)
class Overlap:
    """Agreement of two masks; a number that is undefined is nan, and `reason` says why.

    Attributes
    ----------
    dice, iou : dimensionless, in [0, 1].
    hd95_pixels : 95th percentile Hausdorff distance of the outlines, in pixels.
    hd95_percent : the same in % of the picture's diagonal.
    """

    dice: float
    iou: float
    hd95_pixels: float
    hd95_percent: float
    reason: str = ""


def overlap(one: Mask, other: Mask) -> Overlap:
    """All measures of two masks at once.

    Raises
    ------
    ValueError
        If the masks differ in size.
    """
    dice, iou = dice_of(one, other), iou_of(one, other)
    if not (one.any() and other.any()):
        reason = ONE_EMPTY if one.any() or other.any() else BOTH_EMPTY
        return Overlap(dice, iou, float("nan"), float("nan"), reason)
    pixels = hd95_of(one, other)
    return Overlap(dice, iou, pixels, 100 * pixels / float(np.hypot(*one.shape)))


def dice_of(one: Mask, other: Mask) -> float:
    """Twice the shared area over the sum of both areas; nan where both masks are empty.

    References
    ----------
    Dice (1945), Ecology 26:297-302. doi:10.2307/1932409
    """
    both, sizes = _counts(one, other)
    return 2 * both / sizes if sizes else float("nan")


def iou_of(one: Mask, other: Mask) -> float:
    """The shared area over the area of either; nan where both masks are empty (Jaccard 1912)."""
    both, sizes = _counts(one, other)
    return both / (sizes - both) if sizes else float("nan")


def hd95_of(one: Mask, other: Mask) -> float:
    """The larger of both directions' 95th percentiles of distance from outline to outline, in pixels.

    The outline is the mask's own outermost pixels, those at the picture's border included; nan where either is empty.

    References
    ----------
    Huttenlocher et al. (1993), IEEE PAMI 15:850-863; the percentile as in MONAI's compute_hausdorff_distance.
    """
    _same_size(one, other)
    if not (one.any() and other.any()):
        return float("nan")
    window = _window(one | other)
    first, second = outline_of(one)[window], outline_of(other)[window]
    return max(_directed(first, second), _directed(second, first))


def outline_of(mask: Mask) -> Mask:
    """A mask's pixels that touch (4-neighbours) what lies outside it or outside the picture."""
    return np.asarray(mask & ~ndimage.binary_erosion(mask), dtype=np.bool_)


def _window(mask: Mask) -> tuple[slice, slice]:
    """The box around a mask: distances outside it are never asked for."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _directed(start: Mask, goal: Mask) -> float:
    distances = ndimage.distance_transform_edt(~goal)[start]
    return float(np.percentile(distances, 95))


def _counts(one: Mask, other: Mask) -> tuple[int, int]:
    """Shared pixels, and the sum of both masks' pixels."""
    _same_size(one, other)
    return int(np.count_nonzero(one & other)), int(np.count_nonzero(one) + np.count_nonzero(other))


def _same_size(one: Mask, other: Mask) -> None:
    if one.shape != other.shape:
        raise ValueError(f"Masks of {one.shape} and {other.shape} pixels cannot be compared; bring both to one size.")
