"""What recipes name by hash and a drawing has to be given. No torch here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Material:
    """Start images (grey), masks (True where drawn anew) and adapter files, each under its hash."""

    images: Mapping[str, Grey] = field(default_factory=dict)
    masks: Mapping[str, Mask] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)


NOTHING = Material()
