"""How far a mask can be trusted, from what is known without the truth."""

import numpy as np

from generation.masks.errors import MaskSizeError
from generation.masks.planes import Mask, Plane


def entropy_map(probability: Plane) -> Plane:
    """Binary entropy of each pixel, in bits: 0 where it is sure of its side, 1 at one half (Shannon 1948)."""
    p = np.clip(probability.astype(np.float64), 1e-12, 1 - 1e-12)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)), dtype=np.float32)


def entropy_of(probability: Plane) -> float:
    """Mean entropy over a picture's pixels, in bits."""
    return float(entropy_map(probability).mean())


def expected_dice(probability: Plane, mask: Mask) -> float:
    """The Dice that a mask can expect if the probabilities are true: 2 sum(p in the mask) / (sum(p) + area).

    High where the probability falls off steeply at the mask's outline, whatever the structure's size; nan where
    both are empty.

    Raises
    ------
    MaskSizeError
        If probability and mask differ in size.
    """
    if probability.shape != mask.shape:
        raise MaskSizeError(f"a probability of {probability.shape} cannot go with a mask of {mask.shape}.")
    total = float(probability.sum(dtype=np.float64)) + float(mask.sum())
    return 2 * float(probability[mask].sum(dtype=np.float64)) / total if total else float("nan")


def agreement(mask: Mask, other: Mask) -> float:
    """Dice of a mask with that of a net which never saw the picture; 0 where both are empty."""
    if mask.shape != other.shape:
        raise MaskSizeError(f"masks of {mask.shape} and {other.shape} pixels cannot be compared.")
    total = int(mask.sum()) + int(other.sum())
    return 2 * int((mask & other).sum()) / total if total else 0.0


def score_of(certainty: float, agreed: float | None) -> float:
    """One number in [0, 1] to sort and filter masks by: certainty, times agreement where a held-out net gave one.

    It ranks the masks of one set; scores with and without agreement must not be compared.
    """
    return certainty if agreed is None else certainty * agreed
