"""One cell of a segmentation experiment: a net learns outlines and is held against people's on the test images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from generation.experiments.augmenting import MODERATE, augmented
from generation.experiments.batches import batches
from generation.experiments.choices import Learning
from generation.experiments.learning import OnProgress, as_pictures, in_pieces, learn
from generation.experiments.nets import segmenter
from generation.experiments.outcomes import WHOLE_DIAGONAL
from generation.masks.repeating import repeatable
from lungstudy.library.pixels.masks.overlap import overlap


@dataclass(frozen=True)
class Outlined:
    """Pictures with the outline of one structure.

    Attributes
    ----------
    pictures : ndarray of uint8, shape (n, side, side)
    masks : ndarray of bool, shape (n, side, side)
    """

    pictures: NDArray[np.uint8]
    masks: NDArray[np.bool_]

    def of(self, places: Sequence[int]) -> "Outlined":
        """Some of them."""
        return Outlined(self.pictures[list(places)], self.masks[list(places)])


def segment(
    *,
    net: str,
    shown: Outlined,
    groups: Sequence[str],
    validation: Outlined,
    test: Outlined,
    how: Learning,
    seed: int,
    on_progress: OnProgress,
) -> list[dict[str, float]]:
    """Train a net and test it.

    Parameters
    ----------
    net : str
        One of `SEGMENTERS`.
    groups : sequence of str
        Where each shown picture comes from; batches take of each equally often.
    on_progress : callable
        May raise to stop.

    Returns
    -------
    list of dict
        Of each test image: `dice` and `iou` in [0, 1]; `hd95` in percent of the picture's diagonal, the whole
        diagonal where nothing was found. The same, bit for bit, for the same arguments on one machine.
    """
    with repeatable(seed):
        trained = trained_segmenter(net, shown, groups, validation, how, seed, on_progress)
        found = in_pieces(trained, as_pictures(torch.from_numpy(test.pictures)))[:, 0].numpy() > 0
    return [agreement(mask, truth) for mask, truth in zip(found, test.masks, strict=True)]


def trained_segmenter(
    net: str,
    shown: Outlined,
    groups: Sequence[str],
    validation: Outlined,
    how: Learning,
    seed: int,
    on_progress: OnProgress,
) -> torch.nn.Module:
    """The net at the state that outlined the validation images best; for callers within `repeatable`."""
    model, turn = segmenter(net, how.width), batches(groups, how.batch, seed)
    change, rng = replace(MODERATE, mirrored=how.mirrored), torch.Generator().manual_seed(seed)
    pictures, masks = as_tensors(shown)
    tried, outlines = as_tensors(validation)

    def loss_of() -> Tensor:
        places = torch.from_numpy(next(turn))
        changed, inside = augmented(pictures[places], masks[places], change, rng)
        return dice_and_cross_entropy(model(changed), inside)

    def score_of() -> float:
        return float(hard_dice(in_pieces(model, tried) > 0, outlines > 0.5).mean())

    learn(model, how, loss_of, score_of, on_progress)
    return model


def as_tensors(outlined: Outlined) -> tuple[Tensor, Tensor]:
    """Grey levels from 0 to 1, and 1 inside."""
    masks = torch.from_numpy(np.ascontiguousarray(outlined.masks))
    return as_pictures(torch.from_numpy(np.ascontiguousarray(outlined.pictures))), masks.unsqueeze(1).float()


def dice_and_cross_entropy(logits: Tensor, inside: Tensor) -> Tensor:
    """Mean of both losses.

    References
    ----------
    Milletari et al. 2016, arXiv 1606.04797: Dice as a loss. Isensee et al. 2021, Nat. Methods 18:203-211: the sum.
    """
    said = logits.sigmoid()
    both = (said * inside).sum(dim=(1, 2, 3))
    soft = (2 * both + 1) / (said.sum(dim=(1, 2, 3)) + inside.sum(dim=(1, 2, 3)) + 1)
    return (1 - soft).mean() + binary_cross_entropy_with_logits(logits, inside)


def hard_dice(found: Tensor, truth: Tensor) -> Tensor:
    """Of each picture; 1 where both are empty."""
    both = (found & truth).sum(dim=(1, 2, 3))
    return (2 * both + 1e-6) / (found.sum(dim=(1, 2, 3)) + truth.sum(dim=(1, 2, 3)) + 1e-6)


def agreement(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> dict[str, float]:
    """How well the found outline fits; nothing found is the worst there is, not undefined."""
    if not found.any():
        return {"dice": 0.0, "iou": 0.0, "hd95": WHOLE_DIAGONAL}
    made = overlap(found, truth)
    return {"dice": made.dice, "iou": made.iou, "hd95": made.hd95_percent}
