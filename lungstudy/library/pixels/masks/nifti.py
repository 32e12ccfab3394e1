"""Masks as NIfTI: one slice, laid out as ITK lays out a PNG, so that it covers the picture it was drawn over."""

from typing import Any

import numpy as np
from nibabel import Nifti1Image
from numpy.typing import NDArray

untyped_image: Any = Nifti1Image
LONGEST_DESCRIPTION = 79  # the header's field holds 80 bytes with the closing zero


def nifti(inside: NDArray[np.bool_], description: str) -> bytes:
    """The file's bytes, not compressed: 1 inside, 0 outside, first axis across, second axis down.

    A film's pixel spacing is not known to the library, so that one pixel is one unit and the unit is left unstated.
    """
    # ITK's axes run to the left and to the back of the patient, NIfTI's to the right and to the front.
    file: Any = untyped_image(inside.T[:, :, np.newaxis].astype(np.uint8), np.diag([-1.0, -1.0, 1.0, 1.0]))
    file.header.set_xyzt_units("unknown")
    file.header["descrip"] = description.encode("ascii", "replace")[:LONGEST_DESCRIPTION]
    return bytes(file.to_bytes())
