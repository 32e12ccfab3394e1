"""The nets that quality can be measured in, by the name that a run keeps."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from generation.diffusion.quality.features import default_net
from generation.diffusion.quality.xray_net import XRayNet, xray_net


class Net(Protocol):
    """Turns pictures into features, and says which weights it has."""

    name: str
    title: str
    dimensions: int

    @property
    def sha256(self) -> str:
        """Names the weights."""

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Features (n, dimensions) of pictures (n, size, size)."""


def net_called(name: str, weights: Path) -> Net:
    """The net of this name; `weights` is the file of the one that has one.

    Raises
    ------
    ModelError
        The file is missing or holds something else.
    """
    return xray_net(weights) if name == XRayNet.name else default_net()
