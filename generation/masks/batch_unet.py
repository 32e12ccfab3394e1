"""A small U-Net trained on a whole batch's pseudo masks; each picture is judged by the net of the other fold.

One picture's attention errs at random places, the anatomy behind it does not: a net that saw many pictures learns
what they share. What every picture gets wrong alike, it learns as well.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from monai.networks.nets import BasicUNet
from torch import nn
from torch.nn import functional

from generation.masks.folds import folds_of
from generation.masks.one_by_one import OneByOne
from generation.masks.planes import Grey, Mask, Plane, enlarged, miniature, shrunk, standardised

SIDE = 128
WIDTHS = (16, 16, 32, 48, 64, 16)
FOLDS = 2
BATCH, RATE = 8, 4e-3
PASSES = 16
"""How often the net of a fold sees each of its pictures."""
LEAST_STEPS, MOST_STEPS = 40, 400


class BatchUNet(nn.Module):
    """MONAI's BasicUNet, 0.23 million parameters, on pictures of 128 px folded to 64 x 64 with four channels.

    Folding keeps every pixel in and every pixel out at a quarter of the arithmetic.
    """

    def __init__(self) -> None:
        super().__init__()
        self.net = BasicUNet(spatial_dims=2, in_channels=4, out_channels=4, features=WIDTHS)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """(n, 1, 128, 128) standardised -> logits of the same shape."""
        folded = self.net(functional.pixel_unshuffle(pictures, 2))
        logits: torch.Tensor = functional.pixel_shuffle(folded, 2)
        return logits


def held_out_probabilities(
    pictures: Sequence[Grey],
    masks: Sequence[Mask],
    groups: Sequence[str],
    seed: int,
    on_step: Callable[[float], None],
) -> Sequence[Plane]:
    """Each picture's probability of the structure by the net whose fold did not hold its group.

    Deterministic for a seed and a number of threads. Only miniatures of the batch are kept: a picture and its mask are
    asked for once to learn from, and a probability is enlarged when it is asked for.

    Parameters
    ----------
    pictures : n uint8 arrays (rows, columns)
    masks : n bool arrays of their sizes
        What the nets learn: the attention, cut and cleaned.
    groups : n str
        The pictures' patients; see `folds_of`.
    on_step : called with the share of the work done; may raise to stop.

    Raises
    ------
    ValueError
        If there are fewer groups than folds.

    References
    ----------
    Held-out folds against noisy labels: Wu et al. (2023), DiffuMask, arXiv:2303.11681, section 3.3 ("noise learning").
    """
    fold = np.array(folds_of(groups, FOLDS, seed))
    inputs, targets = _material(pictures, masks)
    small = np.empty((len(inputs), SIDE, SIDE), dtype=np.float32)
    for held in range(FOLDS):
        seen = torch.from_numpy(fold != held)
        tell = _part(on_step, held)
        net = train(inputs[seen], targets[seen], seed + held, tell)
        small[fold == held] = predict(net, inputs[~seen])
    return OneByOne(len(small), lambda place: enlarged(small[place], pictures[place].shape))


def _material(pictures: Sequence[Grey], masks: Sequence[Mask]) -> tuple[torch.Tensor, torch.Tensor]:
    """What goes into the nets and what should come out, (n, 1, 128, 128) each."""
    both = zip(pictures, masks, strict=True)
    small = [(miniature(picture, SIDE), shrunk(mask.astype(np.float32), (SIDE, SIDE))) for picture, mask in both]
    targets = torch.from_numpy(np.stack([target for _, target in small]))[:, None]
    return standardised([picture for picture, _ in small]), targets


def train(inputs: torch.Tensor, targets: torch.Tensor, seed: int, on_step: Callable[[float], None]) -> BatchUNet:
    """A net fitted to targets in [0, 1] by cross-entropy, in as many steps as the fold's size gives."""
    steps = min(max(PASSES * len(inputs) // BATCH, LEAST_STEPS), MOST_STEPS)
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = BatchUNet()
    optimiser = torch.optim.Adam(net.parameters(), lr=RATE)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for step in range(steps):
        chosen = torch.from_numpy(rng.choice(len(inputs), min(BATCH, len(inputs)), replace=False))
        loss = functional.binary_cross_entropy_with_logits(net(inputs[chosen]), targets[chosen])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        rate.step()
        on_step((step + 1) / steps)
    return net.eval()


def predict(net: BatchUNet, inputs: torch.Tensor) -> np.ndarray:
    """Probabilities (n, 128, 128)."""
    with torch.no_grad():
        parts = [torch.sigmoid(net(part))[:, 0].numpy() for part in torch.split(inputs, 16)]
    return np.concatenate(parts)


def _part(on_step: Callable[[float], None], index: int) -> Callable[[float], None]:
    """Progress of one fold as a share of all."""
    return lambda share: on_step((index + share) / FOLDS)
