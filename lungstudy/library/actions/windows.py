"""Grey windows for CT slices, by name or as level and width in Hounsfield units."""

import re

from lungstudy.library.pixels.dicom import LUNG_WINDOW

WINDOWS = {"lung": LUNG_WINDOW, "mediastinum": (40.0, 400.0), "bone": (400.0, 1800.0)}


class WindowError(ValueError):
    """No such window; the sentence says how to write one."""


def window_of(text: str) -> tuple[float, float]:
    """Level and width of a window as a person writes it.

    Raises
    ------
    WindowError
        If `text` is neither a known name nor two numbers of which the second is positive.
    """
    plain = text.strip().lower()
    if plain in WINDOWS:
        return WINDOWS[plain]
    numbers = re.fullmatch(r"(-?\d{1,5}(?:\.\d+)?)\s*[,;/ ]\s*(\d{1,5}(?:\.\d+)?)", plain)
    if not numbers or float(numbers[2]) < 1:
        names = ", ".join(WINDOWS)
        raise WindowError(f"“{text}” is no grey window. Write {names}, or level and width such as “-600,1500”.")
    return float(numbers[1]), float(numbers[2])
