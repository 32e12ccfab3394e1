"""Turns pictures into numbers, a few at a time, so that memory does not grow with their number."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from generation.diffusion.quality.features import Described, low_pass_of
from generation.diffusion.quality.nets import Net
from generation.diffusion.quality.similarity import pairs_of, scales_for, similarities

AT_ONCE = 32


def describe(net: Net, n: int, seed: int, read: Callable[[int], NDArray[Any]]) -> tuple[Described, NDArray[Any]]:
    """Features of all, and the structural similarities of random pairs, for which few pictures are kept at hand.

    Parameters
    ----------
    read : callable
        Gives picture `i` of `n` as (size, size) grey levels from 0 to 255; called once for each, in order.
    """
    places = pairs_of(n, np.random.default_rng(seed)).ravel()
    wanted: set[int] = set(places.tolist())
    kept: dict[int, NDArray[Any]] = {}
    features, low_pass = [], []
    for start in range(0, n, AT_ONCE):
        indexes = range(start, min(start + AT_ONCE, n))
        pictures = np.stack([read(index) for index in indexes])
        features.append(net(pictures))
        low_pass.append(low_pass_of(pictures))
        kept |= {index: picture for index, picture in zip(indexes, pictures, strict=True) if index in wanted}
    similar = similarities(np.stack([kept[at] for at in places.tolist()])) if len(places) else np.empty(0)
    return Described(np.concatenate(features), np.concatenate(low_pass)), similar


def setting(net: Net, size: int) -> dict[str, Any]:
    """What the numbers rest on beside the images."""
    named = {"name": net.name, "title": net.title, "sha256": net.sha256, "dimensions": net.dimensions}
    versions = {"torch": torch.__version__, "numpy": np.__version__}
    return {"features": named, "scales": scales_for(size), "versions": versions}
