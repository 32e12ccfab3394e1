"""Grey windows: which numbers become black and white (DICOM PS3.3 C.11.2.1.2)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Window:
    """Centre and width in the units of the picture: Hounsfield units for CT."""

    name: str
    centre: float
    width: float

    def __str__(self) -> str:
        return f"{self.name} ({self.centre:g} / {self.width:g})"


LUNG = Window("lung", -600, 1500)
WINDOWS = {window.name: window for window in (LUNG, Window("mediastinum", 40, 400), Window("bone", 400, 1800))}


def parse_window(text: str) -> Window:
    """A window by its name, or stated as "centre/width" ("-600/1500")."""
    if text in WINDOWS:
        return WINDOWS[text]
    try:
        centre, width = (float(part) for part in text.split("/"))
        if not (abs(centre) < 1e6 and 1 < width < 1e6):
            raise ValueError
    except ValueError:
        raise ValueError(
            f'"{text}" is no grey window; give {", ".join(WINDOWS)}, or centre and width such as -600/1500.'
        ) from None
    return Window("stated", centre, width)


def apply_window(values: NDArray[Any], centre: float, width: float, function: str = "LINEAR") -> NDArray[np.float64]:
    """Numbers from 0 (black) to 1 (white), after PS3.3 C.11.2.1.2.1 to .3."""
    numbers = values.astype(np.float64)
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(np.clip(-4 * (numbers - centre) / width, -500, 500))))
    if function == "LINEAR_EXACT":
        return np.clip((numbers - centre) / width + 0.5, 0, 1)
    return np.clip((numbers - (centre - 0.5)) / max(width - 1, 1e-9) + 0.5, 0, 1)
