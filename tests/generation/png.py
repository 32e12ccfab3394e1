"""Reads a grey PNG back."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def grey_of(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        assert picture.mode == "L"
        return np.asarray(picture)
