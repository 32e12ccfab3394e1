"""Grey windows: which numbers become black and white (DICOM PS3.3 C.11.2.1.2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def apply_window(values: NDArray[Any], centre: float, width: float, function: str = "LINEAR") -> NDArray[np.float64]:
    """Numbers from 0 (black) to 1 (white), after PS3.3 C.11.2.1.2.1 to .3."""
    numbers = values.astype(np.float64)
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(np.clip(-4 * (numbers - centre) / width, -500, 500))))
    if function == "LINEAR_EXACT":
        return np.clip((numbers - centre) / width + 0.5, 0, 1)
    return np.clip((numbers - (centre - 0.5)) / max(width - 1, 1e-9) + 0.5, 0, 1)
