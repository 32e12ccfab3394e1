"""Keeps the largest parts of a mask and fills their holes: a step of its own, as structures differ in their parts."""

import numpy as np
from scipy import ndimage

from generation.masks.planes import Mask


def cleaned(mask: Mask, parts: int) -> Mask:
    """The `parts` largest connected parts (4-neighbours) without holes: lungs 2, a heart 1; 0 keeps the mask as is.

    Raises
    ------
    ValueError
        If `parts` is negative.
    """
    if parts < 0:
        raise ValueError(f"A structure cannot have {parts} parts.")
    if parts == 0:
        return mask
    labels, found = ndimage.label(mask)
    if found > parts:
        areas = np.bincount(labels.ravel())[1:]
        kept = np.zeros(found + 1, dtype=bool)
        kept[1 + np.argsort(-areas, kind="stable")[:parts]] = True
        mask = kept[labels]
    return np.asarray(ndimage.binary_fill_holes(mask), dtype=np.bool_)
