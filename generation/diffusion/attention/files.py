"""An image's attention as a safetensors file: one float16 tensor for each phrase and resolution. No torch here."""

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from generation.diffusion.attention.wanted import Kept
from generation.diffusion.errors import DiffusionError

BETWEEN = "/"


class AttentionFileError(DiffusionError):
    """A file that should hold attention is damaged."""


def to_bytes(kept: Kept) -> bytes:
    """The file: tensors are named by rows and phrase, as in ``16/left lung``."""
    tensors = {
        f"{rows}{BETWEEN}{phrase}": np.ascontiguousarray(plane, dtype=np.float16)
        for phrase, planes in kept.maps.items()
        for rows, plane in planes.items()
    }
    written: bytes = save(tensors)
    return written


def maps_in(content: bytes) -> dict[str, dict[int, NDArray[np.float32]]]:
    """The maps of such a file by phrase and rows.

    Raises
    ------
    AttentionFileError
        It is cut short, or no such file.
    """
    maps: dict[str, dict[int, NDArray[np.float32]]] = {}
    try:
        for name, plane in load(content).items():
            rows, _, phrase = name.partition(BETWEEN)
            maps.setdefault(phrase, {})[int(rows)] = plane.astype(np.float32)
    except (SafetensorError, ValueError) as error:
        raise AttentionFileError("The file of attention is damaged; bring it back from a backup.") from error
    return maps
