"""One cell of a classification experiment: a net learns to tell a finding and scores the test images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from generation.experiments.augmenting import HEAVY, augmented
from generation.experiments.batches import batches
from generation.experiments.choices import Learning
from generation.experiments.learning import OnProgress, as_pictures, in_pieces, learn
from generation.experiments.nets import classifier
from generation.masks.repeating import repeatable


@dataclass(frozen=True)
class Labelled:
    """Pictures with and without the finding.

    Attributes
    ----------
    pictures : ndarray of uint8, shape (n, side, side)
    labels : ndarray of int, shape (n,)
        1 with the finding, 0 without.
    """

    pictures: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def of(self, places: Sequence[int]) -> "Labelled":
        """Some of them."""
        return Labelled(self.pictures[list(places)], self.labels[list(places)])


def classify(
    *,
    net: str,
    shown: Labelled,
    groups: Sequence[str],
    validation: Labelled,
    test: Labelled,
    how: Learning,
    seed: int,
    on_progress: OnProgress,
) -> list[dict[str, float]]:
    """Train a net and let it score the test images.

    Parameters
    ----------
    net : str
        One of `CLASSIFIERS`.
    groups : sequence of str
        Where each shown picture comes from; batches take equally often of each, with the finding and without.
    on_progress : callable
        May raise to stop.

    Returns
    -------
    list of dict
        Of each test image `score`: how sure the net is of the finding, 0 to 1. The same, bit for bit, for the same
        arguments on one machine.
    """
    with repeatable(seed):
        trained = trained_classifier(net, shown, groups, validation, how, seed, on_progress)
        logits = in_pieces(trained, as_pictures(torch.from_numpy(test.pictures)))[:, 0]
    return [{"score": score} for score in logits.double().sigmoid().tolist()]


def trained_classifier(
    net: str,
    shown: Labelled,
    groups: Sequence[str],
    validation: Labelled,
    how: Learning,
    seed: int,
    on_progress: OnProgress,
) -> torch.nn.Module:
    """The net at the state that told the validation images apart best; for callers within `repeatable`."""
    by_label = [f"{group} {label}" for group, label in zip(groups, shown.labels.tolist(), strict=True)]
    model, turn = classifier(net, how.width), batches(by_label, how.batch, seed)
    change, rng = replace(HEAVY, mirrored=how.mirrored), torch.Generator().manual_seed(seed)
    pictures, labels = as_tensors(shown)
    tried, truth = as_tensors(validation)
    # Both kinds count alike on the validation images too, whatever their numbers are.
    weights = torch.where(truth > 0.5, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())

    def loss_of() -> Tensor:
        places = torch.from_numpy(next(turn))
        changed, _ = augmented(pictures[places], None, change, rng)
        return binary_cross_entropy_with_logits(model(changed)[:, 0], labels[places])

    def score_of() -> float:
        said = in_pieces(model, tried)[:, 0]
        return -float(binary_cross_entropy_with_logits(said, truth, weight=weights, reduction="sum"))

    learn(model, how, loss_of, score_of, on_progress)
    return model


def as_tensors(labelled: Labelled) -> tuple[Tensor, Tensor]:
    """Grey levels from 0 to 1, and labels as numbers."""
    pictures = torch.from_numpy(np.ascontiguousarray(labelled.pictures))
    return as_pictures(pictures), torch.from_numpy(labelled.labels).float()
